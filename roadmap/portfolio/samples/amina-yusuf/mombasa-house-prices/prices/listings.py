"""The adverts: read, checked and split by time."""

from pathlib import Path

import pandas as pd

DATA = Path(__file__).parent.parent / "data" / "listings.csv"
TARGET = "price_kes"
NUMBERS = ["bedrooms", "size_m2", "beach_km"]
WORDS = ["area", "kind", "generator"]


def read(path: Path = DATA) -> pd.DataFrame:
    """All adverts, the oldest first, each once. A price that cannot be right stops the reading."""
    listings = pd.read_csv(path, parse_dates=["listed_on"])
    listings = listings.drop_duplicates().sort_values("listed_on", ignore_index=True)
    listings["size_m2"] = pd.to_numeric(listings["size_m2"], errors="coerce")
    unlikely = listings[~listings[TARGET].between(500_000, 100_000_000)]
    if len(unlikely):
        raise ValueError(f"{len(unlikely)} adverts have an unlikely price, the first in line {unlikely.index[0] + 2}.")
    return listings


def split_by_time(listings: pd.DataFrame, share: float = 0.25) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The earlier adverts to learn from, the latest share of them to be tested on: tomorrow's prices are what is asked for."""
    first_of_test = int(len(listings) * (1 - share))
    return listings.iloc[:first_of_test], listings.iloc[first_of_test:]
