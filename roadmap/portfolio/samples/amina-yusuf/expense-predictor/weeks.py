"""The notebook as one row a week: what was spent, and what was known before the week began."""

import numpy as np
import pandas as pd

LAGS = 4


def spent_by_week(path: str = "data/expenses.csv") -> pd.DataFrame:
    """One row a week, one column a category. A category without a line in a week cost nothing. Rent is the same each month and left out."""
    expenses = pd.read_csv(path, parse_dates=["week"])
    table = expenses.pivot_table(index="week", columns="category", values="amount_kes", aggfunc="sum", fill_value=0)
    return table.drop(columns="rent")


def features(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The totals of the last weeks, their mean and the season; only weeks that have all of them."""
    total = table.sum(axis=1)
    known = pd.DataFrame({f"week_{lag}_before": total.shift(lag) for lag in range(1, LAGS + 1)})
    known["mean_before"] = known.mean(axis=1)
    known["food_before"] = table["food"].shift(1)
    week = table.index.isocalendar().week.to_numpy(dtype=float)
    known["season_sin"] = np.sin(2 * np.pi * week / 52)
    known["season_cos"] = np.cos(2 * np.pi * week / 52)
    complete = known.notna().all(axis=1)
    return known[complete], total[complete]
