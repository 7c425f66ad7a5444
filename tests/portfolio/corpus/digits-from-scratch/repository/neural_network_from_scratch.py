import numpy as np


class Layer:
    def __init__(self, size_in, size_out):
        self.weights = np.random.randn(size_in, size_out) * 0.1
        self.bias = np.zeros(size_out)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.weights) + self.bias

    def backward(self, grad, rate):
        back = np.dot(grad, self.weights.T)
        self.weights -= rate * np.dot(self.x.T, grad)
        self.bias -= rate * grad.sum(axis=0)
        return back
