import numpy as np


class LogisticRegression:
    def __init__(self, rate=0.1, steps=1000):
        self.rate, self.steps = rate, steps

    def fit(self, X, y):
        self.w = np.zeros(X.shape[1])
        for _ in range(self.steps):
            p = 1 / (1 + np.exp(-X.dot(self.w)))
            self.w -= self.rate * X.T.dot(p - y) / len(y)
        return self


class KMeans:
    def __init__(self, k):
        self.k = k

    def fit(self, X):
        rng = np.random.default_rng(0)
        self.centers = X[rng.choice(len(X), self.k, replace=False)]
        while True:
            near = ((X[:, None] - self.centers) ** 2).sum(-1).argmin(1)
            new = np.array([X[near == k].mean(0) for k in range(self.k)])
            if np.allclose(new, self.centers):
                return self
            self.centers = new


class DecisionTree:
    """To be written."""


class PCA:
    def fit(self, X):
        raise NotImplementedError
