-- 1. Who orders most?
select c.name, count(*) as orders, sum(o.total) as spent
from customers c
join orders o on o.customer = c.id
group by c.id
order by spent desc
limit 10;

-- 2. The gap between two orders of one customer
with gaps as (
  select customer, day, lag(day) over (partition by customer order by day) as before
  from orders
)
select customer, avg(julianday(day) - julianday(before)) as gap
from gaps
where before is not null
group by customer;
