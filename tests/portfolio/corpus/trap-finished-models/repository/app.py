import gradio as gr
import numpy as np
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("t5-small")
model = AutoModelForSeq2SeqLM.from_pretrained("t5-small")


def shorten(text):
    with torch.no_grad():
        answer = model.generate(**tokenizer(text, return_tensors="pt"))
    return tokenizer.decode(np.asarray(answer[0]), skip_special_tokens=True)


gr.Interface(shorten, "text", "text").launch()
