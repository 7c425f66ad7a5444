import numpy as np
from sklearn.linear_model import LogisticRegression

X = np.array([[0], [1]])
print "fitting"
model = LogisticRegression()
model.fit(X, [0, 1])
print model.coef_
