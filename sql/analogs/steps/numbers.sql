{#---
doc: Each number of the vectors of the last sessions, of which today's norms and what tells are learned.
grain: [session, cluster_id, touched_at, wait_s, dim]
as_of: session  # made of earlier sessions alone
lookback: {setups.vectors: 60}
columns:
  session: DATE   | date  | of the earlier setup
  number:  DOUBLE | ratio | null where it is not defined
---#}
select
    vectors.session,
    vectors.cluster_id,
    vectors.touched_at,
    vectors.wait_s,
    unnest(generate_series(1, len(vectors.v)))::smallint as dim,
    unnest(vectors.v)::double as number
from setups.vectors
semi join analogs.past_sessions using (session)
