"""Read the sales and leave out what is no sale of a house."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Sales:
    """A table of sales, and where it came from."""

    table: pd.DataFrame
    source: Path

    def since(self, year: int) -> pd.DataFrame:
        return self.table[self.table["year"] >= year]


def load(path: Path) -> Sales:
    table = pd.read_csv(path)
    return Sales(table[table["kind"] == "house"], path)
