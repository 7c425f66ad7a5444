import lightgbm as lgb
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit

from features import add_lags


def evaluate(df, columns):
    errors = []
    for fold, (train, test) in enumerate(TimeSeriesSplit(5, gap=24).split(df)):
        model = lgb.LGBMRegressor(n_estimators=400, learning_rate=0.05)
        model.fit(df.iloc[train][columns], df.iloc[train]["load"])
        guess = model.predict(df.iloc[test][columns])
        naive = df.iloc[test]["load_168"]
        if fold == 0:
            plt.plot(guess[:336], label="model")
            plt.savefig("fold.png")
        errors.append({"model": mean_absolute_error(df.iloc[test]["load"], guess), "naive": mean_absolute_error(df.iloc[test]["load"], naive)})
    return errors


if __name__ == "__main__":
    with open("load.csv") as file:
        table = add_lags(pd.read_csv(file, index_col=0, parse_dates=True))
    names = [name for name in table.columns if name != "load"]
    print(np.mean([error["model"] for error in evaluate(table, names)]))
