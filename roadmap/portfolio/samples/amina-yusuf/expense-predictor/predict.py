"""Predicts the last 20 weeks from the weeks before them, and compares with two simple guesses."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error

from weeks import features, spent_by_week

TEST_WEEKS = 20

known, spent = features(spent_by_week())
train, test = known.iloc[:-TEST_WEEKS], known.iloc[-TEST_WEEKS:]

forest = RandomForestRegressor(n_estimators=300, min_samples_leaf=3, random_state=0)
forest.fit(train, spent.loc[train.index])

guesses = {
    "same as last week": test["week_1_before"],
    "mean of the last four weeks": test["mean_before"],
    "random forest": forest.predict(test),
}
for name, guess in guesses.items():
    print(f"{name:28} {mean_absolute_error(spent.loc[test.index], guess):6.0f}")

figure, axes = plt.subplots(figsize=(7, 3))
axes.plot(test.index, spent.loc[test.index], marker="o", label="spent")
axes.plot(test.index, guesses["random forest"], linestyle="--", label="random forest")
axes.set_ylabel("KES a week, without rent")
axes.legend()
figure.autofmt_xdate()
figure.tight_layout()
figure.savefig("chart.png", dpi=80)
