from pathlib import Path

import joblib
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

X, y = load_iris(return_X_y=True)
joblib.dump(RandomForestClassifier(random_state=0).fit(X, y), Path(__file__).with_name("model.joblib"))
