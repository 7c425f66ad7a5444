"""The model beats the baseline, and survives what it has not seen."""

import pandas as pd
from sklearn.metrics import mean_absolute_error

from prices import listings, model

COLUMNS = listings.NUMBERS + listings.WORDS


def test_model_is_better_than_the_median_of_the_area() -> None:
    train, test = listings.split_by_time(listings.read())
    fitted = model.build().fit(train[COLUMNS], train[listings.TARGET])
    error = mean_absolute_error(test[listings.TARGET], fitted.predict(test[COLUMNS]))
    assert error < 0.6 * mean_absolute_error(test[listings.TARGET], model.baseline(train, test))


def test_new_area_and_missing_size_still_get_a_price() -> None:
    train, _test = listings.split_by_time(listings.read())
    fitted = model.build().fit(train[COLUMNS], train[listings.TARGET])
    home = pd.DataFrame([{"bedrooms": 2, "size_m2": None, "beach_km": 1.0, "area": "Diani", "kind": "apartment", "generator": "no"}])
    home["size_m2"] = home["size_m2"].astype(float)
    assert 1_000_000 < fitted.predict(home)[0] < 30_000_000
