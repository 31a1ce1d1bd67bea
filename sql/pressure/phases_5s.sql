{#---
doc: >
  Where each level is in the life of a touch. approach: price was away and is on its way, nearer than
  away. touch: it has arrived, and was not away since. left: it went away again less than 2 minutes
  ago. idle: none of these. Without a quote a phase goes on. A level and those within 4 ticks behind
  it, to which price comes from the same side, are one cluster, called by the one that it reaches first.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  phase:            VARCHAR | text    | idle, approach, touch or left
  touch_no:         BIGINT  | touches | arrivals at this level so far, 0 before the first
  seconds_in_phase: BIGINT  | s       | since the end of the phase's first bucket
  cluster_id:       VARCHAR | text    | level of the cluster that price reaches first, coming from where it was away last
---#}
{% set cluster_ticks = 4 %}
{% set left_s = 120 %}
with followed as (
    select
        *,
        max(if(is_arrival, bucket_end, null)) over so_far as arrived_at,
        max(if(is_away, bucket_end, null)) over so_far as last_away_at
    from pressure.arrivals_5s
    window so_far as (
        partition by level_id, used_since
        order by bucket_end
        rows between unbounded preceding and current row
    )
),

-- of the buckets away since the touch the first is when price left
leaving as (
    select
        *,
        min(if(last_away_at > arrived_at, last_away_at, null)) over (
            partition by level_id, used_since, arrived_at order by bucket_end
        ) as left_at
    from followed
),

judged as (
    select
        *,
        case
            when dist_ticks is null then null
            when arrived_at is not null and left_at is null then 'touch'
            when is_away and bucket_end - left_at < to_seconds({{ left_s }}) then 'left'
            when not is_away and last_away_at is not null then 'approach'
            else 'idle'
        end as seen_phase
    from leaving
),

phased as (
    select
        *,
        coalesce(
            last_value(seen_phase ignore nulls) over (
                partition by level_id, used_since order by bucket_end
            ),
            'idle'
        ) as phase
    from judged
),

turned as (
    select
        *,
        coalesce(phase <> lag(phase) over series, true) as is_turn
    from phased
    window series as (partition by level_id, used_since order by bucket_end)
),

-- price that comes from above reaches the highest first
ordered as (
    select
        *,
        if(came_from > 0, -tick, tick) as ahead
    from turned
),

-- a level farther than that from the first of a cluster begins the next one: from level to level a
-- ladder of them would be one cluster, however far it reaches
clustered as (
    select
        *,
        list_reduce(  -- noqa: PRS
            list(ahead) over near,
            lambda first, other: if(other > first + {{ cluster_ticks }}, other, first)
        ) as first_ahead
    from ordered
    window near as (partition by bucket_end, came_from order by ahead)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    phase,
    count(*) filter (where is_arrival) over (
        partition by level_id order by bucket_end
    ) as touch_no,
    date_diff(
        'second', max(if(is_turn, bucket_end, null)) over series, bucket_end
    ) as seconds_in_phase,
    first_value(level_id) over (
        partition by bucket_end, came_from, first_ahead order by ahead, level_id
    ) as cluster_id
from clustered
window series as (partition by level_id, used_since order by bucket_end)
order by bucket_end, level_id
