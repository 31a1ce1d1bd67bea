{#---
doc: >
  Holes in what landed of the contract's trades, before their first record and between two files.
  What comes after the last record is none, since nobody could have told while the window lasted.
grain: [start_ns]
as_of: end_ns
columns:
  start_ns: BIGINT | ns, UTC | last record before, 0 where there is none
  end_ns:   BIGINT | ns, UTC | first record after
---#}
select
    holes.start_ns,
    holes.end_ns
from market.holes
inner join market.fronts using (instrument_id)
where holes.end_ns is not null
