{#---
doc: >
  What has been traded of each strike since the overnight open, and what customers are left with of
  it, if every trade that crossed the spread was theirs: a row for each bucket in which the strike
  traded. What came before the window has the bucket that ends where it starts.
grain: [bucket_end, expiry, strike]
as_of: bucket_end
columns:
  bought_qty: BIGINT | contracts | calls and puts bought less those sold, by those who crossed
  value_bought: DOUBLE | $/pt    | the same, each contract times its multiplier
  traded_qty: BIGINT | contracts | calls and puts traded
---#}
with traded as (
    select
        bucket_end,
        expiry,
        strike,
        sum(way * size) as bought_qty,
        sum(way * size * multiplier) as value_bought,
        sum(size) as traded_qty
    from options.option_trades
    group by bucket_end, expiry, strike
)

select
    bucket_end,
    expiry,
    strike,
    (sum(bought_qty) over so_far)::bigint as bought_qty,
    sum(value_bought) over so_far as value_bought,
    (sum(traded_qty) over so_far)::bigint as traded_qty
from traded
window so_far as (partition by expiry, strike order by bucket_end)
