{#---
doc: >
  The setups of all earlier sessions in one unit, as every search of this session compares them: a
  day has one scaling, however often somebody looks.
grain: [session, cluster_id, touched_at, wait_s]
as_of: session  # made of earlier sessions alone
lookback: {setups.vectors: all}
columns:
  session: DATE       | date  | of the earlier setup
  z:       DOUBLE[56] | sigma | 56 numbers, of which the plain distance is the weighted one
---#}
{% import 'macros/analogs.sql' as analogs with context %}
with {{ analogs.units() }}

select
    vectors.session,
    vectors.cluster_id,
    vectors.touched_at,
    vectors.wait_s,
    {{ analogs.scaled() }} as z
from setups.vectors
inner join units using (wait_s)
semi join analogs.past_sessions on vectors.session = past_sessions.session
