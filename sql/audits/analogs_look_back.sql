{#---
doc: No setup finds itself, its own session or a later one among its neighbours.
---#}
select
    session,
    cluster_id,
    touched_at,
    wait_s,
    rank,
    neighbour_session
from analogs.neighbours
where neighbour_session >= session
