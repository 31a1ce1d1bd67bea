{#---
doc: What came of every setup of earlier sessions of which it is known, the only outcomes that a forecast may know.
grain: [session, cluster_id, touched_at, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
lookback: {setups.outcomes: all}
columns:
  session: DATE | date | of the earlier setup
---#}
select
    session,
    cluster_id,
    touched_at,
    wait_s,
    horizon_s,
    outcome
from setups.outcomes
semi join analogs.past_sessions using (session)
where outcome is not null
