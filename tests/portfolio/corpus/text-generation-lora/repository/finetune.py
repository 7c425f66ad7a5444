import argparse

import wandb
from datasets import load_dataset
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForLanguageModeling, Trainer, TrainingArguments


def rows(tokenizer, path, limit):
    stream = load_dataset("json", data_files=path, split="train", streaming=True)
    for place, row in enumerate(stream):
        if place == limit:
            break
        yield {**tokenizer(row["text"], truncation=True, max_length=256)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="HuggingFaceTB/SmolLM-135M")
    args = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(args.model), LoraConfig(r=8, task_type="CAUSAL_LM"))
    with wandb.init(project="stories"):
        trainer = Trainer(
            model=model,
            args=TrainingArguments("out", max_steps=500, learning_rate=2e-4),
            train_dataset=list(rows(tokenizer, "stories.jsonl", 5000)),
            data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False),
        )
        trainer.train()


main()
