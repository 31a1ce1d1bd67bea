{#---
doc: >
  The setups of earlier sessions that looked most like each one of this session, decided as long
  after their touch, by exact search: at most {{ analog_cap }} of a session, for those of one day
  are one experience. Distance is between robustly scaled vectors, a number that is not there
  counting as the usual one, blocks weighted by the setting analog_blocks whatever their size. At a
  tie the older session and the earlier touch come first.
grain: [session, cluster_id, touched_at, wait_s, rank]
as_of: decided_at
lookback: {setups.vectors: all}
columns:
  rank:                 INTEGER   | rank  | 1 is the most alike
  neighbour_session:    DATE      | date  | of the earlier setup
  neighbour_cluster_id: VARCHAR   | text  | its level
  neighbour_touched_at: TIMESTAMP | UTC   | its touch
  distance:             DOUBLE    | sigma | root of the weighted mean square difference
---#}
{% import 'macros/analogs.sql' as analogs with context %}
with {{ analogs.scaled('setups.vectors') }},

compared as (
    select
        now.session,
        now.cluster_id,
        now.touched_at,
        now.wait_s,
        past.session as neighbour_session,
        past.cluster_id as neighbour_cluster_id,
        past.touched_at as neighbour_touched_at,
        array_distance(now.z, past.z) as distance
    from scaled as now
    inner join scaled as past on now.wait_s = past.wait_s and now.session > past.session
    semi join analogs.past_sessions on past.session = past_sessions.session
    where now.session = date '{{ session }}'
),

capped as (
    select *
    from compared
    qualify
        row_number() over (
            partition by cluster_id, touched_at, wait_s, neighbour_session
            order by distance, neighbour_touched_at, neighbour_cluster_id
        ) <= {{ analog_cap }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by cluster_id, touched_at, wait_s
            order by distance, neighbour_session, neighbour_touched_at, neighbour_cluster_id
        )::integer as rank
    from capped
)

select
    session,
    cluster_id,
    touched_at,
    wait_s,
    rank,
    neighbour_session,
    neighbour_cluster_id,
    neighbour_touched_at,
    distance
from ranked
where rank <= {{ analog_k }}
order by touched_at, cluster_id, wait_s, rank
