{#---
doc: >
  The two best quotes against each other: what rests at them, and what came and went behind them.
  It does not depend on a level. Null where there is nothing to compare.
grain: [session, instrument_id, bucket_end]
as_of: bucket_end
columns:
  bid_qty:  BIGINT | lots | resting at the best bid as the bucket ends
  ask_qty:  BIGINT | lots | resting at the best ask as it ends
  bid_came: BIGINT | lots | bids that came within 20 ticks of the best bid at the start, or better
  bid_went: BIGINT | lots | bids that went from there
  ask_came: BIGINT | lots | asks that came within 20 ticks of the best ask at the start, or better
  ask_went: BIGINT | lots | asks that went from there
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set quotes = features['pressure.imbalance_5s'] %}
with paired as (
    select
        bids.session,
        bids.instrument_id,
        bids.bucket_end,
        bids.quote_qty as bid_qty,
        asks.quote_qty as ask_qty,
        bids.came_qty as bid_came,
        bids.went_qty as bid_went,
        asks.came_qty as ask_came,
        asks.went_qty as ask_went,
        bids.near_came_qty as bid_came_near,
        bids.near_went_qty as bid_went_near,
        asks.near_came_qty as ask_came_near,
        asks.near_went_qty as ask_went_near
    from pressure.touch_5s as bids
    inner join pressure.touch_5s as asks using (session, instrument_id, bucket_end)
    where bids.side = 'bid' and asks.side = 'ask'
),

defined as (
    select
        {{ pressure.values(quotes) }}
        *
    from paired
),

lagged as (
    select
        {{ pressure.lags(quotes) }}
        *
    from defined
    window series as (order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    bid_qty,
    ask_qty,
    bid_came,
    bid_went,
    ask_came,
    ask_went,
    {{ pressure.differences(quotes) }}
from lagged
order by bucket_end
