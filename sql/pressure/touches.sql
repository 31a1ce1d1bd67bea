{#---
doc: >
  When price came to a level: a row for each time the mid arrives within half a band of it, or goes
  past it, or a trade prints at it or beyond, after the mid was away. Away is two bands, or on a
  lively day one and a half times what a walk covers in a minute of its volatility, so that it does
  not arrive again every few seconds. Levels within 4 ticks of the one that was reached first, to
  which the same approach comes within 2 minutes, are one touch with it, called by its name. What
  came of it is not here, for a row knows only its past.
grain: [session, instrument_id, level_id, bucket_end]
as_of: bucket_end
columns:
  level_id:      VARCHAR   | text    | level that was reached first
  bucket_end:    TIMESTAMP | UTC     | end of the bucket in or at the end of which price had arrived
  level_ids:     VARCHAR[] | text    | levels within 4 ticks of it in that bucket, itself first
  kinds:         VARCHAR[] | text    | the kind of each
  n_touch:       BIGINT    | touches | arrivals at this level in this session, this one included
  approach:      VARCHAR   | text    | from_below or from_above, the side on which price was away
  tick:          INTEGER   | ticks   | where the level stood on arrival
  price:         DOUBLE    | points  | the same
  dist_ticks:    DOUBLE    | ticks   | mid minus level on arrival
  is_traded:     BOOLEAN   | boolean | whether anything traded at the level or beyond in that bucket
  through_ticks: INTEGER   | ticks   | farthest trade beyond the level in that bucket, 0 at it, null where is_traded is false
  approach_s:    BIGINT    | s       | since price was away
  since_touch_s: BIGINT    | s       | since price arrived at this level before; null of the first time
---#}
{% set cluster_ticks = 4 %}
{% set cluster_s = 120 %}
with recursive counted as (
    select
        *,
        row_number() over series as n_touch,
        lag(bucket_end) over series as touched_before,
        -- of levels that price reaches in one bucket the nearest to where it came from is the first
        row_number() over (order by bucket_end, -came_from * tick, level_id) as arrival_no
    from pressure.arrivals_5s
    where is_arrival
    window series as (partition by level_id order by bucket_end)
),

-- two arrivals that are one touch if the earlier one begins it
together as (
    select
        later.arrival_no,
        earlier.arrival_no as earlier_no
    from counted as later
    inner join counted as earlier
        on
            later.level_id <> earlier.level_id
            and later.came_from = earlier.came_from
            and abs(later.tick - earlier.tick) <= {{ cluster_ticks }}
            and later.away_at < earlier.bucket_end
            and later.bucket_end - to_seconds({{ cluster_s }}) <= earlier.bucket_end
            and later.arrival_no > earlier.arrival_no
),

-- what has none before it begins a touch. What is part of that touch begins none and is gone, and
-- so on with the rest; else a ladder of levels would be one touch, however far it reaches
rounds as (
    select
        arrival_no,
        arrival_no not in (select together.arrival_no from together) as begins
    from counted
    union all
    select
        arrival_no,
        arrival_no not in (
            select together.arrival_no
            from together
            inner join rounds as earlier on together.earlier_no = earlier.arrival_no
        ) as begins
    from rounds
    where
        not begins
        and arrival_no not in (
            select together.arrival_no
            from together
            inner join rounds as first on together.earlier_no = first.arrival_no
            where first.begins
        )
),

firsts as (
    select counted.*
    from counted
    inner join rounds using (arrival_no)
    where rounds.begins
),

kinds as (
    select
        level_id,
        any_value(kind) as kind
    from levels.levels
    group by level_id
),

clusters as (
    select
        firsts.level_id,
        firsts.bucket_end,
        list(near.level_id order by near.level_id <> firsts.level_id, near.level_id) as level_ids,
        list(kinds.kind order by near.level_id <> firsts.level_id, near.level_id) as kinds
    from firsts
    inner join pressure.levels_5s as near
        on
            firsts.bucket_end = near.bucket_end
            and abs(firsts.tick - near.tick) <= {{ cluster_ticks }}
    inner join kinds on near.level_id = kinds.level_id
    group by firsts.level_id, firsts.bucket_end
)

select
    firsts.session,
    firsts.instrument_id,
    firsts.level_id,
    firsts.level_id as cluster_id,
    firsts.bucket_end,
    clusters.level_ids,
    clusters.kinds,
    firsts.n_touch,
    if(firsts.came_from < 0, 'from_below', 'from_above') as approach,
    firsts.tick,
    firsts.price,
    firsts.dist_ticks,
    coalesce(firsts.through_ticks >= 0, false) as is_traded,
    if(firsts.through_ticks >= 0, firsts.through_ticks, null)::integer as through_ticks,
    date_diff('second', firsts.away_at, firsts.bucket_end) as approach_s,
    date_diff('second', firsts.touched_before, firsts.bucket_end) as since_touch_s
from firsts
inner join clusters using (level_id, bucket_end)
order by firsts.bucket_end, firsts.level_id
