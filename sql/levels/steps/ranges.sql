{#---
doc: >
  Highest and lowest trade of the pre-market, the overnight and the opening ranges of the session,
  and its first regular trade. A range of which only a part landed is absent.
grain: [level_id]
as_of: known_at
columns:
  known_at: TIMESTAMP | UTC | when the range closes; of OPEN the first second after
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/hours.sql' as hours with context %}
with trades as (
    select
        prints.ts_recv,
        prints.row_no,
        prints.price
    from market.prints
    inner join market.fronts using (instrument_id)
),

first_trade as (
    select
        min(ts_recv) as ts_recv,
        -- several trades may be received at once: the first of them in the file
        arg_min(price, (ts_recv, row_no)) as price
    from trades
    where ts_recv >= {{ rth_open_ns }} and ts_recv < {{ rth_close_ns }}
),

ranges as (
    select
        day_parts.name,
        day_parts.start_ns,
        day_parts.end_ns,
        max(trades.price) as high,
        min(trades.price) as low
    from levels.day_parts
    inner join trades on day_parts.start_ns <= trades.ts_recv and day_parts.end_ns > trades.ts_recv
    -- the regular hours themselves give no range, but VWAP and the first trade
    where day_parts.name != 'RTH' and day_parts.end_ns <= {{ window_end_ns }}
    group by day_parts.name, day_parts.start_ns, day_parts.end_ns
),

found as (
    {% for what in ('high', 'low') %}
    select
        name || '_{{ what | upper }}' as level_id,
        {{ what }} as price,
        start_ns,
        end_ns,
        {{ time.at('end_ns') }} as known_at
    from ranges
    union all
    {% endfor %}
    select
        'OPEN' as level_id,
        price,
        {{ rth_open_ns }} as start_ns,
        ts_recv as end_ns,
        {{ hours.next_second('ts_recv') }} as known_at
    from first_trade
    where price is not null
)

select
    level_id,
    level_id as kind,
    price,
    known_at
from found
where not exists (
    select 1
    from levels.gaps
    where {{ hours.tears('gaps', 'found.start_ns', 'found.end_ns') }}
)
