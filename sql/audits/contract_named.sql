{#---
doc: >
  Something names what landed of the session: a symbol of a file's header or a definition. Without
  either nobody can tell which instrument is the contract.
---#}
select
    sessions.session,
    sessions.root,
    'land the definition of ' || contracts_landed.unnamed as todo
from market.sessions
cross join market.contracts_landed
where sessions.instrument_id is null and contracts_landed.names is null
