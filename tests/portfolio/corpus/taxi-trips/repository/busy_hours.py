import dask.dataframe as dd

trips = dd.read_parquet("trips/*.parquet", columns=["pickup", "fare"])
print(trips.groupby(trips.pickup.dt.hour).fare.mean().compute())
