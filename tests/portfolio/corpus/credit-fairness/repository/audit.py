import pandas as pd
from fairlearn.metrics import MetricFrame, false_positive_rate
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

loans = pd.read_csv("loans.csv")
X = loans[["income", "debt", "years"]]
X_train, X_test, y_train, y_test, _, group = train_test_split(X, loans["late"], loans["region"], stratify=loans["late"])
guess = LogisticRegression().fit(X_train, y_train).predict(X_test)
print(MetricFrame(metrics={"missed": recall_score, "false alarms": false_positive_rate}, y_true=y_test, y_pred=guess, sensitive_features=group).by_group)
