{#---
doc: >
  What has been traded of each strike since the overnight open, and what customers are left with of
  it, if every trade that crossed the spread was theirs: a row for each bucket in which the strike
  traded. What came before the window has the bucket that ends where it starts.
grain: [bucket_end, expiry, strike]
as_of: bucket_end
columns:
  bought_qty: BIGINT | contracts | calls and puts bought less those sold, by those who crossed
  traded_qty: BIGINT | contracts | calls and puts traded
---#}
{% import 'macros/options.sql' as options with context %}
{% set types = {'call': 1, 'put': -1} %}
with trades as (
    select
        *,
        {{ options.value_e3('size') }} as value_e3
    from options.option_trades
),

traded as (
    select
        {% for type, cp in types.items() %}
        sum(if(cp = {{ cp }}, way * value_e3, 0))::bigint as {{ type }}_bought_e3,
        sum(if(cp = {{ cp }}, value_e3, 0))::bigint as {{ type }}_traded_e3,
        {% endfor %}
        bucket_end,
        expiry,
        strike,
        sum(way * size) as bought_qty,
        sum(size) as traded_qty
    from trades
    group by bucket_end, expiry, strike
)

select
    bucket_end,
    expiry,
    strike,
    (sum(bought_qty) over so_far)::bigint as bought_qty,
    {% for type in types %}
    (sum({{ type }}_bought_e3) over so_far)::double / 1e3 as value_{{ type }}_bought,
    (sum({{ type }}_traded_e3) over so_far)::double / 1e3 as value_{{ type }}_traded,
    {% endfor %}
    (sum(traded_qty) over so_far)::bigint as traded_qty
from traded
window so_far as (partition by expiry, strike order by bucket_end)
