{#---
doc: >
  Where price is around each level and how it got there, in ticks and in units of recent volatility;
  null where that is not known yet.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  mid_ticks:    DOUBLE  | ticks | middle of the best quotes as the bucket ends
  came_from:    TINYINT | sign  | side of the level on which the mid is, or was last, 1 above it
  closed_ticks: DOUBLE  | ticks | how much nearer to the level the mid came in a minute, from the side that it was on; past it counts on
---#}
{% import 'macros/time.sql' as time with context %}
with mids as (
    select
        bids.bucket_end,
        (bids.best_end + asks.best_end) / 2 as mid_ticks
    from pressure.touch_5s as bids
    inner join pressure.touch_5s as asks using (bucket_end)
    where bids.side = 'bid' and asks.side = 'ask'
),

moves as (
    select
        *,
        mid_ticks - lag(mid_ticks) over (order by bucket_end) as moved_ticks
    from mids
),

volatile as (
    select
        bucket_end,
        mid_ticks,
        -- a market that stands still has no volatility to measure distances by
        if(
            count(moved_ticks) over recent >= {{ time.MINUTE }},
            nullif(sqrt(avg(moved_ticks * moved_ticks) over recent), 0),
            null
        ) as sigma_ticks
    from moves
    window recent as (
        order by bucket_end
        rows between {{ 5 * time.MINUTE - 1 }} preceding and current row
    )
),

placed as (
    select
        levels_5s.*,
        volatile.mid_ticks,
        volatile.sigma_ticks,
        sign(volatile.mid_ticks - levels_5s.tick) as way
    from pressure.levels_5s
    inner join volatile using (bucket_end)
),

-- at the level itself price is still where it came from
approached as (
    select
        *,
        last_value(nullif(way, 0) ignore nulls) over series as came_from
    from placed
    window series as (partition by level_id, used_since order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    price,
    tick,
    used_since,
    mid_ticks,
    sigma_ticks,
    came_from,
    -(mid_ticks - tick - lag(mid_ticks - tick, {{ time.MINUTE }}) over series)
    * lag(came_from, {{ time.MINUTE }}) over series as closed_ticks
from approached
window series as (partition by level_id, used_since order by bucket_end)
