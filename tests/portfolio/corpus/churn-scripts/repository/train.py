import argparse
import json

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler


def load(path):
    df = pd.read_csv(path)
    y = np.where(df["churn"] == "yes", 1, 0)
    return df.select_dtypes("number"), y


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data/clean.csv")
    args = parser.parse_args()
    X, y = load(args.data)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=42)
    pipe = Pipeline([("smote", SMOTE()), ("scale", StandardScaler()), ("model", LogisticRegression())])
    grid = GridSearchCV(pipe, {"model__C": [0.01, 0.1, 1, 10]}, cv=StratifiedKFold(5), scoring="roc_auc")
    grid.fit(X_train, y_train)
    for name, value in grid.best_params_.items():
        print(name, value)
    probabilities = grid.predict_proba(X_test)[:, 1]
    if probabilities.std() == 0:
        raise SystemExit("The model predicts one number for all.")
    print(classification_report(y_test, probabilities > 0.5))
    with open("score.json", "w") as f:
        json.dump({"auc": roc_auc_score(y_test, probabilities)}, f)


main()
