import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score

vectorizer, model = HashingVectorizer(), SGDClassifier(loss="log_loss")
for chunk in pd.read_csv("clicks.csv", chunksize=100_000):
    X = vectorizer.transform(chunk["title"])
    if hasattr(model, "coef_"):
        print(accuracy_score(chunk["clicked"], model.predict(X)))
    model.partial_fit(X, chunk["clicked"], classes=[0, 1])
