from pathlib import Path

import joblib
import numpy as np
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

MODEL = Path(__file__).with_name("model.joblib")
NAMES = {0: "setosa", 1: "versicolor", 2: "virginica"}

app = FastAPI(title="Iris")


class Flower(BaseModel):
    sepal_length: float = Field(ge=0, le=20)
    sepal_width: float = Field(ge=0, le=20)
    petal_length: float = Field(ge=0, le=20)
    petal_width: float = Field(ge=0, le=20)


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.post("/predict")
def predict(flower: Flower) -> dict:
    if not MODEL.exists():
        raise HTTPException(503, "No model yet: run app/train.py")
    row = np.array([list(flower.model_dump().values())])
    try:
        kind = int(joblib.load(MODEL).predict(row)[0])
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return {"kind": NAMES[kind], "version": "1"}
