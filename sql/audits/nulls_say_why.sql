{#---
doc: A net pressure that is not defined says why, and one that is does not.
---#}
select
    session,
    bucket_end,
    level_id,
    net,
    why,
    net_60s,
    why_60s
from pressure.states_5s
where
    (net is null) <> (why is not null)
    or (net_60s is null) <> (why_60s is not null)
