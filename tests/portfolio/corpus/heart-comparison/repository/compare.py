import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.utils import resample

heart = pd.read_csv("heart.csv")
few, many = heart[heart["ill"] == 1], heart[heart["ill"] == 0]
heart = pd.concat([many, resample(few, n_samples=len(many), random_state=0)])
low, high = np.percentile(heart["chol"], [1, 99])
heart = heart[heart["chol"].between(low, high)]
X_train, X_test, y_train, y_test = train_test_split(heart.drop(columns="ill"), heart["ill"])
models = {
    "logistic": LogisticRegression(max_iter=2000),
    "bayes": GaussianNB(),
    "binary bayes": BernoulliNB(),
    "neighbors": KNeighborsClassifier(),
    "svm": LinearSVC(),
    "trees": ExtraTreesClassifier(),
}
scores = {name: cross_val_score(model, X_train, y_train).mean() for name, model in models.items()}
for name, score in scores.items():
    print(name, score)
sns.barplot(x=list(scores), y=list(scores.values()))
plt.savefig("scores.png")
best = models[max(scores, key=scores.get)].fit(X_train, y_train)
ConfusionMatrixDisplay.from_estimator(best, X_test, y_test)
