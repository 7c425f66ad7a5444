import statistics

import numpy as np

salaries = np.loadtxt("salaries.txt")
print(statistics.median(salaries), statistics.quantiles(salaries, n=10))

rng = np.random.default_rng(7)
medians = [np.median(rng.choice(salaries, len(salaries))) for _ in range(2000)]
print(np.percentile(medians, [2.5, 97.5]))

# How many raises a year would we expect, if they came at random?
print(rng.poisson(1.3, size=10).tolist())
