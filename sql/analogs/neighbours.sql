{#---
doc: >
  The setups of earlier sessions that looked most like each one of this session, decided as long
  after their touch, by exact search: at most as many of a session as the setting analog_cap says,
  for those of one day are one experience. Distance is between robustly scaled vectors, a number
  that is not there counting as the usual one, blocks weighted by the setting analog_blocks whatever
  their size. At a tie the older session and the earlier touch come first. As many as the setting
  analog_k says, and never less than ten where there are as many, which tell how near the past comes.
grain: [session, cluster_id, touched_at, wait_s, rank]
as_of: decided_at
columns:
  distance: DOUBLE | sigma | root of the weighted mean square difference
---#}
{% import 'macros/analogs.sql' as analogs with context %}
{% set most = 'greatest(' ~ analog_k ~ ', ' ~ analogs.nearest ~ ')' %}
with {{ analogs.units() }},

own as (
    select
        vectors.session,
        vectors.cluster_id,
        vectors.touched_at,
        vectors.wait_s,
        -- stands for three columns, one of them text, in all that is compared
        row_number() over (
            order by vectors.touched_at, vectors.cluster_id, vectors.wait_s
        ) as setup,
        {{ analogs.scaled() }} as z
    from setups.vectors
    inner join units using (wait_s)
),

compared as materialized (
    select
        own.setup,
        past.session as neighbour_session,
        past.cluster_id as neighbour_cluster_id,
        past.touched_at as neighbour_touched_at,
        array_distance(own.z, past.z) as distance
    from own
    inner join analogs.scaled as past using (wait_s)
),

nearest as (
    select
        setup,
        unnest(min(distance, {{ analog_cap }})) as distance
    from compared
    group by setup, neighbour_session
),

-- where the last neighbour is, so that only what is as near has to be put in order
reached as (
    select
        setup,
        list_last(min(distance, {{ most }})) as reach
    from nearest
    group by setup
),

near as (
    select compared.*
    from compared
    inner join reached using (setup)
    where compared.distance <= reached.reach
),

capped as (
    select *
    from near
    qualify
        row_number() over (
            partition by setup, neighbour_session
            order by distance, neighbour_touched_at, neighbour_cluster_id
        ) <= {{ analog_cap }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by setup
            order by distance, neighbour_session, neighbour_touched_at, neighbour_cluster_id
        )::integer as rank
    from capped
)

select
    own.session,
    own.cluster_id,
    own.touched_at,
    own.wait_s,
    ranked.rank,
    ranked.neighbour_session,
    ranked.neighbour_cluster_id,
    ranked.neighbour_touched_at,
    ranked.distance
from ranked
inner join own using (setup)
where ranked.rank <= {{ most }}
order by own.touched_at, own.cluster_id, own.wait_s, ranked.rank
