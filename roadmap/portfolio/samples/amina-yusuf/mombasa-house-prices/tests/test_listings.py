"""Adverts are read once each, and the test set is the future."""

from pathlib import Path

import pytest

from prices import listings


def test_advert_that_was_posted_twice_counts_once() -> None:
    assert not listings.read().duplicated().any()


def test_test_set_is_later_than_everything_that_is_learned_from() -> None:
    train, test = listings.split_by_time(listings.read())
    assert train["listed_on"].max() <= test["listed_on"].min()
    assert len(test) == pytest.approx(0.25 * (len(train) + len(test)), abs=1)


def test_price_that_cannot_be_right_stops_the_reading(tmp_path: Path) -> None:
    table = tmp_path / "listings.csv"
    table.write_text("listed_on,area,kind,bedrooms,size_m2,beach_km,generator,price_kes\n2025-01-01,Nyali,apartment,2,80,1.0,no,90\n")
    with pytest.raises(ValueError, match="1 adverts have an unlikely price, the first in line 2"):
        listings.read(table)
