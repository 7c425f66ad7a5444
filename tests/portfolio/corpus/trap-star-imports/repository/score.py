from numpy import *
from sklearn.metrics import *

truth = array([0, 1, 1, 0])
guess = array([0, 1, 0, 0])
print(accuracy_score(truth, guess), dot(truth, guess))
