{#---
doc: What the replay of orders counts prices and times in, and of which contract it reads the records.
grain: [instrument_id]
as_of: window start
columns:
  instrument_id: UINTEGER | id      | venue instrument number
  tick_e9:       BIGINT   | 1e-9 pt | price of a tick
  origin_ns:     BIGINT   | ns, UTC | start of bucket 1; all before it is bucket 0
  bucket_ns:     BIGINT   | ns      | length of a bucket
---#}
select
    instrument_id,
    tick_e9,
    {{ window_start_ns }} as origin_ns,
    {{ bucket_ns }} as bucket_ns
from market.fronts
