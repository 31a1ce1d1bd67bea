{#---
doc: >
  The best bid is below the best ask at the end of every bucket, outside the hour before the daily
  open at 18:00 New York (its first bucket included) and outside halts that landed.
---#}
{% set day_ns = 86400 * 1000000000 %}
{% set hour_ns = 3600 * 1000000000 %}
with quotes as (
    select
        *,
        epoch_us(bucket_end) * 1000 as end_ns
    from market.bbo_5s
),

-- ns since the last daily open at the end of the bucket
phased as (
    select
        *,
        (end_ns - {{ overnight_open_ns }}) % {{ day_ns }} as open_for_ns
    from quotes
),

states as (
    select
        status.ts_recv,
        status.is_trading
    from staging.status
    inner join market.fronts using (instrument_id)
    where status.is_trading in ('Y', 'N')
)

select
    phased.session,
    phased.bucket_end,
    phased.bid_tick,
    phased.ask_tick
from phased
asof left join states on phased.end_ns > states.ts_recv
where
    phased.bid_tick >= phased.ask_tick
    and phased.open_for_ns > {{ bucket_ns }}
    and phased.open_for_ns <= {{ day_ns - hour_ns }}
    and states.is_trading is distinct from 'N'
