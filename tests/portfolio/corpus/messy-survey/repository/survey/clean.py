import pandas as pd
import pandera.pandas as pa
from prefect import flow, task

from .rules import LIMITS

schema = pa.DataFrameSchema({"age": pa.Column(float, pa.Check.in_range(0, 120)), "answered": pa.Column("datetime64[ns]")})


@task(retries=2)
def read(path: str) -> pd.DataFrame:
    return pd.read_excel(path)


@task
def repair(table: pd.DataFrame) -> pd.DataFrame:
    table = table.drop_duplicates("id")
    table["age"] = pd.to_numeric(table["age"], errors="coerce")
    for name, (low, high) in LIMITS.items():
        table[name] = table[name].clip(low, high)
    table["age"] = table["age"].fillna(table["age"].median())
    return table


@flow
def clean(path: str) -> dict:
    table = schema.validate(repair(read(path)))
    report: dict = {"rows": len(table)}
    if table.empty:
        report["warning"] = "nothing left"
    with open("clean.csv", "w") as file:
        table.to_csv(file)
    return report
