{#---
doc: >
  How far the mid went in a step and in a horizon over the whole window, as sums of squares, for
  later sessions to know how much more or less than a walk's the longer moves are.
grain: [session, horizon_s]
as_of: horizon
searched: true  # through all sessions at once
columns:
  n_steps:      BIGINT | moves        | from one bucket to the next
  step_squares: BIGINT | half ticks^2 | sum of the squares of these
  n_moves:      BIGINT | moves        | over the horizon, from every bucket
  move_squares: BIGINT | half ticks^2 | sum of the squares of these
---#}
{% import 'macros/setups.sql' as setups with context %}
with horizons as (
    select unnest({{ setup_horizons }})::integer as horizon_s
),

-- twice a mid is a whole number of ticks
mids as (
    select
        instrument_id,
        bucket_end,
        (bid_tick + ask_tick)::bigint as twice_mid
    from market.bbo_5s
    where mid is not null
),

step_moves as (
    select
        now.instrument_id,
        now.twice_mid - before.twice_mid as moved
    from mids as now
    inner join mids as before
        on now.bucket_end = before.bucket_end + to_microseconds({{ bucket_ns // 1000 }})
),

aimed as (
    select
        horizons.horizon_s,
        mids.twice_mid,
        mids.bucket_end - to_seconds(horizons.horizon_s) as from_end
    from horizons
    cross join mids
),

horizon_moves as (
    select
        aimed.horizon_s,
        aimed.twice_mid - before.twice_mid as moved
    from aimed
    inner join mids as before on aimed.from_end = before.bucket_end
),

steps as (
    select
        instrument_id,
        count(*) as n_steps,
        sum(moved * moved)::bigint as step_squares
    from step_moves
    group by instrument_id
),

moves as (
    select
        horizon_s,
        count(*) as n_moves,
        sum(moved * moved)::bigint as move_squares
    from horizon_moves
    group by horizon_s
)

select
    fronts.session,
    fronts.instrument_id,
    moves.horizon_s,
    steps.n_steps,
    steps.step_squares,
    moves.n_moves,
    moves.move_squares
from market.fronts
inner join steps using (instrument_id)
cross join moves
order by moves.horizon_s
