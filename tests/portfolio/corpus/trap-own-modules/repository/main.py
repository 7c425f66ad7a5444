import evaluate
import requests
import seaborn as sns

sns.histplot([1, 2, 3])
print(requests.get("x", params={"a": 1}).json())
print(evaluate.load("rouge"))
