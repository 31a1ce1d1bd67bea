{#---
doc: >
  The four states of a level over bands 1 to 5, which way they press (net) and whether both sides
  leave (vacuum), in the level's frame and, with the suffix _touch, in that of each side's own best
  quote; and where price is. Null where a side is out of reach (mean reach of its five cells below
  0.2) or has nothing to compare, and a difference where a value before is null.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  code:        INTEGER | 0..15 | 1 if state 1 is above 0, plus 2, 4 and 8 for states 2, 3 and 4; a null state adds nothing
  code_touch:  INTEGER | 0..15 | the same of the touch frame
  sigma_ticks: DOUBLE  | ticks | recent volatility, RMS of the mid's changes per bucket over 5 minutes; null in the first minute
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set states = features['pressure.states_5s'] %}
{% set minute = 12 %}
with sides as (
    select
        bucket_end,
        level_id,
        side,
        5 * sum(n_reach_start + n_reach_end) >= 2 * sum(n_ticks) as is_reached,
        if(is_reached, sum(k_depth_start), null)::bigint as moment_start,
        if(is_reached, sum(k_depth_end), null)::bigint as moment_end,
        if(is_reached, sum(depth_start), null)::bigint as depth_start,
        if(is_reached, sum(depth_end), null)::bigint as depth_end,
        if(is_reached, sum(pull_qty), null)::bigint as pull_qty,
        if(is_reached, sum(add_qty), null)::bigint as add_qty
    from pressure.cells_5s
    where
        band between 1 and 5
        and (side = 'ask' and zone = 'above' or side = 'bid' and zone = 'below')
    group by bucket_end, level_id, side
),

mids as (
    select
        bids.bucket_end,
        (bids.best_end + asks.best_end) / 2 as mid_ticks,
        bids.centre_move as bid_centre_move_touch,
        bids.pull_add as bid_pull_add_touch,
        asks.centre_move as ask_centre_move_touch,
        asks.pull_add as ask_pull_add_touch
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
        *,
        if(
            count(moved_ticks) over recent >= {{ minute }},
            nullif(sqrt(avg(moved_ticks * moved_ticks) over recent), 0),
            null
        ) as sigma_ticks
    from moves
    window recent as (
        order by bucket_end
        rows between {{ 5 * minute - 1 }} preceding and current row
    )
),

placed as (
    select
        levels_5s.*,
        volatile.* exclude (bucket_end),
        {% for side in ('ask', 'bid') %}
            {% for name in [
                'moment_start', 'moment_end', 'depth_start', 'depth_end', 'pull_qty', 'add_qty'
            ] %}
                {{ side }}s.{{ name }} as {{ side }}_{{ name }},
            {% endfor %}
        {% endfor %}
        sign(volatile.mid_ticks - levels_5s.tick) as way
    from pressure.levels_5s
    inner join volatile using (bucket_end)
    inner join sides as asks
        on
            levels_5s.bucket_end = asks.bucket_end
            and levels_5s.level_id = asks.level_id
            and asks.side = 'ask'
    inner join sides as bids
        on
            levels_5s.bucket_end = bids.bucket_end
            and levels_5s.level_id = bids.level_id
            and bids.side = 'bid'
),

-- at the level itself price is still where it came from
approached as (
    select
        *,
        last_value(nullif(way, 0) ignore nulls) over series as came_from
    from placed
    window series as (partition by level_id, used_since order by bucket_end)
),

closed as (
    select
        *,
        -(mid_ticks - tick - lag(mid_ticks - tick, {{ minute }}) over series)
        * lag(came_from, {{ minute }}) over series as closed_ticks
    from approached
    window series as (partition by level_id, used_since order by bucket_end)
),

defined as (
    select
        {{ pressure.values(states) }}
        session,
        instrument_id,
        bucket_end,
        level_id,
        price,
        used_since,
        sigma_ticks,
        if(came_from < 0, 'from_below', if(came_from > 0, 'from_above', null)) as approach
    from closed
),

lagged as (
    select
        {{ pressure.lags(states) }}
        *,
        {{ pressure.code('') }} as code,
        {{ pressure.code('_touch') }} as code_touch
    from defined
    window series as (partition by level_id, used_since order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    price,
    code,
    code_touch,
    approach,
    sigma_ticks,
    {{ pressure.differences(states) }}
from lagged
order by bucket_end, level_id
