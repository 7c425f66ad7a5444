import pandas as pd
from cleanlab.filter import find_label_issues
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict

table = pd.read_csv("applications.csv")
shares = cross_val_predict(RandomForestClassifier(), table.drop(columns="label"), table["label"], method="predict_proba")
print(table[find_label_issues(table["label"], shares)])
