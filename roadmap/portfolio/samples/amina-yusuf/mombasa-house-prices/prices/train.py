"""Trains the model, compares it with the baseline and draws where it errs: `python -m prices.train`."""

import argparse
from pathlib import Path

import joblib
import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from prices import listings, model, rates

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--currency", default="KES", help="show errors in this currency, at today's rate")
    currency = parser.parse_args().currency

    train, test = listings.split_by_time(listings.read())
    search = GridSearchCV(
        model.build(),
        {"regressor__ridge__alpha": [0.1, 0.3, 1.0, 3.0, 10.0]},
        cv=TimeSeriesSplit(5),
        scoring="neg_mean_absolute_error",
    )
    search.fit(train[listings.NUMBERS + listings.WORDS], train[listings.TARGET])
    predicted = search.predict(test[listings.NUMBERS + listings.WORDS])

    rate = 1.0 if currency == "KES" else rates.rate_to(currency)
    for name, prices in {"baseline": model.baseline(train, test), "model": predicted}.items():
        error = mean_absolute_error(test[listings.TARGET], prices)
        share = mean_absolute_percentage_error(test[listings.TARGET], prices)
        print(f"{name:9} mean absolute error {error * rate:12,.0f} {currency}  ({share:.1%})")

    draw(test, predicted)
    joblib.dump(search.best_estimator_, ROOT / "model.joblib")


def draw(test: pd.DataFrame, predicted: np.ndarray) -> None:
    """The error by area, as a share of the price, into docs/error-by-area.png."""
    errors = (np.abs(predicted - test[listings.TARGET]) / test[listings.TARGET]).groupby(test["area"]).mean().sort_values()
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.barh(errors.index, errors * 100, color="#1f6f78")
    axes.set_xlabel("mean absolute error, % of the asking price")
    axes.set_title("Where the model errs")
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / "error-by-area.png", dpi=80)


if __name__ == "__main__":
    main()
