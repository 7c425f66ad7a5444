import pandas as pd

df = pd.read_csv("data/churn.csv")
print(len(df), "rows")
df = df.drop_duplicates(subset="customer_id")
df["total_charges"] = pd.to_numeric(df["total_charges"], errors="coerce")
df = df.dropna(subset=["total_charges"])
df.to_csv("data/clean.csv", index=False)
