{#---
doc: >
  Gamma exposure of each set of expiries if the future were within 2 % of where it is, vol held
  per strike, naive and with what the flow has added.
grain: [bucket_end, expiry_set, node]
as_of: bucket_end
---#}
{% import 'macros/exposure.sql' as exposure %}
with {{ exposure.gridded(exposure.near_nodes) }}

select
    bucket_end,
    expiry_set,
    node,
    gex,
    gex_net_flow
from gridded
