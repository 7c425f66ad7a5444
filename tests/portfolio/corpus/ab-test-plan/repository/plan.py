from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

effect = proportion_effectsize(0.11, 0.10)
print(round(NormalIndPower().solve_power(effect, power=0.8, alpha=0.05)), "people in each group")
