"""A network with one hidden layer that learns XOR."""

import numpy as np
from scipy.optimize import check_grad


def forward(X, W1, W2):
    hidden = np.tanh(X @ W1)
    return hidden, 1 / (1 + np.exp(-(hidden @ W2)))


def gradients(X, y, W1, W2):
    hidden, guess = forward(X, W1, W2)
    delta = (guess - y) / len(X)
    return {"W1": X.T @ (delta @ W2.T * (1 - hidden**2)), "W2": hidden.T @ delta}


def train(X, y, steps=5000, rate=1.0):
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(size=(X.shape[1], 8)), rng.normal(size=(8, 1))
    for step in range(steps):
        found = gradients(X, y, W1, W2)
        W1 -= rate * found["W1"]
        W2 -= rate * found["W2"]
        if step % 1000 == 0:
            print(step, float(np.mean((forward(X, W1, W2)[1] - y) ** 2)))
    return W1, W2


def is_right(X, y, W1, W2):
    def loss(flat):
        return -np.mean(np.log(np.where(y == 1, *(lambda p: (p, 1 - p))(forward(X, W1, flat[:, None])[1]))))

    return check_grad(loss, lambda flat: gradients(X, y, W1, flat[:, None])["W2"].ravel(), W2.ravel()) < 1e-6


if __name__ == "__main__":
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    with np.printoptions(precision=2):
        print(forward(X, *train(X, np.array([[0], [1], [1], [0]])))[1])
