"""Read the result of the test: python read_result.py groups.json"""

import json
import sys

from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest


def read(path):
    with open(path) as file:
        groups = json.load(file)
    counts, sizes = [], []
    for name in ("new", "old"):
        if name not in groups:
            raise SystemExit(f"{name} is missing")
        counts.append(groups[name]["bought"])
        sizes.append(groups[name]["seen"])
    _, p = proportions_ztest(counts, sizes)
    low, high = confint_proportions_2indep(counts[0], sizes[0], counts[1], sizes[1])
    return {"p": p, "low": low, "high": high}


if __name__ == "__main__":
    print(read(sys.argv[1]))
