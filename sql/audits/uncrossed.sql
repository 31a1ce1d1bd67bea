{#---
doc: >
  The best bid is below the best ask at the end of every bucket, outside the hour before the daily
  open at 18:00 New York (its first bucket included) and outside halts that landed.
---#}
{% import 'macros/time.sql' as time with context %}
{% set hour_ns = 60 * time.MINUTE_NS %}
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
        (end_ns - {{ overnight_open_ns }}) % {{ time.DAY_NS }} as open_for_ns
    from quotes
),

states as (
    select
        status.ts_recv,
        status.is_trading
    from staging.status
    inner join market.fronts using (instrument_id)
    -- ~, not said, leaves what was said before
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
    and phased.open_for_ns <= {{ time.DAY_NS - hour_ns }}
    and states.is_trading is distinct from 'N'
