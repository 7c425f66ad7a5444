import duckdb

print(duckdb.sql("select hour(time) as hour, avg(clicked) as rate from 'clicks.parquet' group by hour order by hour"))
