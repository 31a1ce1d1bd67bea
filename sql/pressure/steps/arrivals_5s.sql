{#---
doc: >
  Where price is on its way to each level: whether it is away, from which side it comes, and whether it
  arrives. Away is two bands, or on a lively day one and a half times what a walk of its volatility
  covers in a minute, so that it does not arrive again every few seconds.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  tick:          INTEGER   | ticks   | where the level stands
  dist_ticks:    DOUBLE    | ticks   | mid minus level; null where a side is empty
  is_away:       BOOLEAN   | boolean | whether the mid is away as the bucket ends; null where it is not known
  came_from:     INTEGER   | -1 or 1 | side of the level on which price was last away before, 1 above
  away_at:       TIMESTAMP | UTC     | end of the bucket in which it was
  through_ticks: INTEGER   | ticks   | farthest trade of the bucket beyond the level, below 0 short of it
  is_arrival:    BOOLEAN   | boolean | whether price is at the level for the first time since it was away
---#}
with placed as (
    select
        states_5s.session,
        states_5s.instrument_id,
        states_5s.level_id,
        states_5s.bucket_end,
        states_5s.price,
        states_5s.dist_ticks,
        levels_5s.tick,
        levels_5s.used_since,
        abs(states_5s.dist_ticks)
        >= greatest({{ 2 * band_ticks }}, 1.5 * states_5s.sigma_ticks * sqrt(12)) as is_away
    from pressure.states_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
),

-- the side of the level that price comes from is the one on which it was last away
coming as (
    select
        *,
        last_value(if(is_away, sign(dist_ticks)::integer, null) ignore nulls)
            over before as came_from,
        max(if(is_away, bucket_end, null)) over before as away_at
    from placed
    window before as (
        partition by level_id, used_since
        order by bucket_end
        rows between unbounded preceding and 1 preceding
    )
),

traded as (
    select
        bucket_end,
        min(tick) as low,
        max(tick) as high
    from market.trades_5s
    group by bucket_end
),

-- mids at bucket ends never see a poke that is over within five seconds; trades do
reaching as (
    select
        coming.*,
        if(coming.came_from < 0, traded.high - coming.tick, coming.tick - traded.low)
            as through_ticks,
        coming.came_from is not null
        and coming.dist_ticks is not null
        and (
            coming.dist_ticks * coming.came_from <= {{ band_ticks / 2 }}
            or coalesce(through_ticks >= 0, false)
        ) as is_there
    from coming
    left join traded using (bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    price,
    tick,
    used_since,
    dist_ticks,
    is_away,
    came_from,
    away_at,
    through_ticks,
    is_there
    and row_number() over (
        partition by level_id, used_since, away_at, is_there order by bucket_end
    ) = 1 as is_arrival
from reaching
