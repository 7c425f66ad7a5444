"""Fit the model and print its error."""

import sys
from pathlib import Path

from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, train_test_split

from .data import load
from .model import CATEGORIES, NUMBERS, build


def main(path: str) -> dict[str, float]:
    sales = load(Path(path)).since(2015)
    train, test = train_test_split(sales, random_state=0)
    search = GridSearchCV(build(), {"regressor__ridge__alpha": [0.1, 1, 10]}, scoring="neg_mean_absolute_error")
    search.fit(train[NUMBERS + CATEGORIES], train["price"])
    errors = {}
    for name, rows in [("train", train), ("test", test)]:
        errors[name] = mean_absolute_error(rows["price"], search.predict(rows[NUMBERS + CATEGORIES]))
    if errors["test"] > 2 * errors["train"]:
        print("This model overfits.")
    with open("errors.txt", "w") as file:
        file.write(str(errors))
    return errors


if __name__ == "__main__":
    print(main(sys.argv[1]))
