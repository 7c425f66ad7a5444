import pandas as pd

total = 0.0
for chunk in pd.read_csv("trips.csv", usecols=["fare"], chunksize=500_000):
    total += chunk["fare"].sum()
print(total)
