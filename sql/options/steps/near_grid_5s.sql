{#---
doc: >
  Naive gamma exposure of each set of expiries if the future were within 2 % of where it is, vol held
  per strike.
grain: [bucket_end, expiry_set, node]
as_of: bucket_end
columns:
  bucket_end: TIMESTAMP | UTC        | exclusive end of the 5 s bucket
  expiry_set: VARCHAR   | text       | 0dte, 5d or all
  node:       TINYINT   | thousandth | price over the forward, less one
  gex:        DOUBLE    | $/1%       | naive exposure at that price
---#}
{% import 'macros/exposure.sql' as exposure %}
with {{ exposure.repriced(exposure.near_nodes) }},

{{ exposure.gathered() }}

select
    bucket_end,
    expiry_set,
    node,
    gex
from gathered
