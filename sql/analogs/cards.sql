{#---
doc: >
  The neighbours of each setup with what came of them, one by one, those that disagree too. A
  neighbour whose outcome is not known, since its window ended or a hole lay inside, has a card
  without one.
grain: [session, cluster_id, touched_at, wait_s, horizon_s, rank]
as_of: decided_at
lookback: {setups.outcomes: all}
columns:
  distance:  DOUBLE  | sigma | root of the weighted mean square difference
  outcome:   VARCHAR | text  | how it ended, break, reject or chop; null where that is not known
  hit_s:     INTEGER | s     | from its decision to its first barrier, null in a chop
  mfe_sigma: DOUBLE  | sigma | farthest it went along its travel, in its own volatilities of a bucket
  mae_sigma: DOUBLE  | sigma | farthest against it
---#}
select
    neighbours.session,
    neighbours.cluster_id,
    neighbours.touched_at,
    neighbours.wait_s,
    outcomes.horizon_s,
    neighbours.rank,
    neighbours.neighbour_session,
    neighbours.neighbour_cluster_id,
    neighbours.neighbour_touched_at,
    neighbours.distance,
    outcomes.outcome,
    outcomes.hit_s,
    outcomes.mfe_sigma,
    outcomes.mae_sigma
from analogs.neighbours
inner join setups.outcomes
    on
        neighbours.neighbour_session = outcomes.session
        and neighbours.neighbour_cluster_id = outcomes.cluster_id
        and neighbours.neighbour_touched_at = outcomes.touched_at
        and neighbours.wait_s = outcomes.wait_s
where
    neighbours.neighbour_session < date '{{ session }}'
    and neighbours.rank <= {{ analog_k }}
order by
    neighbours.touched_at,
    neighbours.cluster_id,
    neighbours.wait_s,
    outcomes.horizon_s,
    neighbours.rank
