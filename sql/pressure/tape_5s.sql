{#---
doc: >
  Who crossed the spread, everywhere and around a level. A trade goes through the level where it
  prints beyond it in its own direction, buys above and sells below, and into it where it prints at
  it or before; both within band 1. Null where nothing traded.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  buy_qty:       BIGINT | lots | a buyer crossed, at any price
  sell_qty:      BIGINT | lots | a seller crossed, at any price
  near_buy_qty:  BIGINT | lots | a buyer crossed within band 1 of the level
  near_sell_qty: BIGINT | lots | a seller crossed within band 1 of the level
  through_qty:   BIGINT | lots | of these what traded beyond the level
  into_qty:      BIGINT | lots | of these what traded at the level or before
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set tape = features['pressure.tape_5s'] %}
with near as (
    select
        levels_5s.*,
        coalesce(trades_5s.buy_qty, 0) as buy_qty,
        coalesce(trades_5s.sell_qty, 0) as sell_qty,
        coalesce(trades_5s.tick - levels_5s.tick, 0) as k,
        coalesce(abs(trades_5s.tick - levels_5s.tick) <= {{ band_ticks }}, false) as is_near
    from pressure.levels_5s
    left join market.trades_5s using (session, instrument_id, bucket_end)
),

sums as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        used_since,
        sum(buy_qty)::bigint as buy_qty,
        sum(sell_qty)::bigint as sell_qty,
        sum(if(is_near, buy_qty, 0))::bigint as near_buy_qty,
        sum(if(is_near, sell_qty, 0))::bigint as near_sell_qty,
        sum(if(is_near, if(k > 0, buy_qty, 0) + if(k < 0, sell_qty, 0), 0))::bigint as through_qty,
        sum(if(is_near, if(k <= 0, buy_qty, 0) + if(k >= 0, sell_qty, 0), 0))::bigint as into_qty
    from near
    group by session, instrument_id, bucket_end, level_id, used_since
),

defined as (
    select
        {{ pressure.values(tape) }}
        *
    from sums
),

lagged as (
    select
        {{ pressure.lags(tape) }}
        *
    from defined
    window series as (partition by level_id, used_since order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    buy_qty,
    sell_qty,
    near_buy_qty,
    near_sell_qty,
    through_qty,
    into_qty,
    {{ pressure.differences(tape) }}
from lagged
order by bucket_end, level_id
