{#---
doc: What the orders are like that rest in a cell as the bucket ends; no row for a cell without any.
grain: [bucket_end, level_id, is_bid, way, band]
as_of: bucket_end
columns:
  rest_qty:    BIGINT | lots   | resting as it ends
  squared_qty: BIGINT | lots^2 | the squares of the orders' sizes, added up
  largest_qty: BIGINT | lots   | the largest of the orders
  rest_age_ns: BIGINT | ns     | median age of the orders that rest as it ends, the younger of the middle two
---#}
{% import 'macros/pressure.sql' as pressure with context %}
select
    levels_5s.bucket_end,
    levels_5s.level_id,
    resting_5s.is_bid,
    {{ pressure.way('resting_5s') }} as way,
    ({{ pressure.band('abs(resting_5s.tick - levels_5s.tick)') }})::tinyint as band,
    count(*) as n_orders,
    sum(resting_5s.qty)::bigint as rest_qty,
    sum(resting_5s.qty::bigint * resting_5s.qty)::bigint as squared_qty,
    max(resting_5s.qty)::bigint as largest_qty,
    -- counted from the latest on, so that of the middle two it is the younger
    greatest(
        epoch_us(levels_5s.bucket_end) * 1000 - quantile_disc(resting_5s.entered_at, -0.5), 0
    ) as rest_age_ns
from pressure.levels_5s
inner join book.resting_5s
    on {{ pressure.is_near('resting_5s') }}
group by levels_5s.bucket_end, levels_5s.level_id, resting_5s.is_bid, way, band
