import json
import sys

import faiss
import numpy as np
import ollama
from sentence_transformers import SentenceTransformer

encoder = SentenceTransformer("all-MiniLM-L6-v2")


def build(passages):
    vectors = encoder.encode([passage["text"] for passage in passages], normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.asarray(vectors, dtype="float32"))
    return index


def ask(question, passages, index, k=5):
    scores, places = index.search(encoder.encode([question], normalize_embeddings=True), k)
    found = [passages[place] for place, score in zip(places[0], scores[0]) if score > 0.3]
    if not found:
        return "Nothing fits."
    text = "\n".join(f"[{number}] {passage['text']}" for number, passage in enumerate(found, 1))
    return ollama.chat("llama3.2", [{"role": "user", "content": f"{text}\n\n{question}"}])["message"]["content"]


if __name__ == "__main__":
    with open("passages.json") as file:
        library = json.load(file)
    for line in sys.stdin:
        print(ask(line, library, build(library)))
