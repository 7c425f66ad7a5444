import pandas as pd


def add_lags(df: pd.DataFrame) -> pd.DataFrame:
    for hours in (1, 24, 168):
        df[f"load_{hours}"] = df["load"].shift(hours)
    df["load_week"] = df["load"].shift(24).rolling(168).mean()
    df["hour"] = df.index.hour
    return df.dropna()
