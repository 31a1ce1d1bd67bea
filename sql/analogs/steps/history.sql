{#---
doc: What came of every setup of earlier sessions of which it is known, the only outcomes that a forecast may know.
grain: [session, cluster_id, touched_at, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
lookback: {setups.outcomes: all}
columns:
  session: DATE | date | of the earlier setup
---#}
select
    outcomes.session,
    outcomes.cluster_id,
    outcomes.touched_at,
    outcomes.wait_s,
    outcomes.horizon_s,
    outcomes.outcome
from setups.outcomes
semi join analogs.past_sessions using (session)
where outcomes.outcome is not null
