import numpy as np


def gradientDescent(X, y, theta, alpha, num_iters):
    history = []
    for _ in range(num_iters):
        theta = theta - alpha / len(y) * (X.T @ (X @ theta - y))
        history.append(float(np.mean((X @ theta - y) ** 2)))
    return theta, history
