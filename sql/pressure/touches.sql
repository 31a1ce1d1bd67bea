{#---
doc: >
  When price came to a level: a row for each time the mid arrives within half a band of it, or goes
  past it, after it was two bands away. What came of it is not here, for a row knows only its past.
grain: [session, instrument_id, level_id, bucket_end]
as_of: bucket_end
columns:
  bucket_end:    TIMESTAMP | UTC     | end of the bucket at whose end price had arrived
  n_touch:       BIGINT    | touches | of this level in this session, this one included
  approach:      VARCHAR   | text    | from_below or from_above, the side on which price was two bands away
  dist_ticks:    DOUBLE    | ticks   | mid minus level on arrival
  approach_s:    BIGINT    | s       | since price was two bands away
  since_touch_s: BIGINT    | s       | since the touch before; null of the first
---#}
with placed as (
    select
        states_5s.session,
        states_5s.instrument_id,
        states_5s.level_id,
        states_5s.bucket_end,
        states_5s.price,
        states_5s.dist_ticks,
        levels_5s.used_since,
        abs(states_5s.dist_ticks) >= {{ 2 * band_ticks }} as is_away
    from pressure.states_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
    where states_5s.dist_ticks is not null
),

-- the side of the level that price comes from is the one on which it was last away
coming as (
    select
        *,
        last_value(if(is_away, sign(dist_ticks), null) ignore nulls) over before as came_from,
        max(if(is_away, bucket_end, null)) over before as away_at
    from placed
    window before as (
        partition by level_id, used_since
        order by bucket_end
        rows between unbounded preceding and 1 preceding
    )
),

-- of all buckets near the level the first since price was away
arrived as (
    select *
    from coming
    where dist_ticks * came_from <= {{ band_ticks / 2 }}
    qualify row_number() over (partition by level_id, away_at order by bucket_end) = 1
)

select
    session,
    instrument_id,
    level_id,
    bucket_end,
    row_number() over series as n_touch,
    if(came_from < 0, 'from_below', 'from_above') as approach,
    price,
    dist_ticks,
    date_diff('second', away_at, bucket_end) as approach_s,
    date_diff('second', lag(bucket_end) over series, bucket_end) as since_touch_s
from arrived
window series as (partition by level_id order by bucket_end)
order by bucket_end, level_id
