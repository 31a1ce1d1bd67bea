{#---
doc: >
  The session has the contract that it is about. One without would be empty, and must not take the
  place of one that was built when the settings or the landed files named it.
---#}
select
    session,
    root,
    missing
from market.sessions
where instrument_id is null
