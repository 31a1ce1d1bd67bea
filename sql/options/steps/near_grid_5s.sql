{#---
doc: >
  Naive gamma exposure of each set of expiries if the future were within 2 % of where it is, vol held
  per strike.
grain: [bucket_end, expiry_set, node]
as_of: bucket_end
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
