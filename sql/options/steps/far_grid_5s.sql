{#---
doc: >
  Gamma exposure of each set of expiries from 2 to 10 % away from where the future is, vol held
  per strike: only where one of the two keeps its sign within 2 %, since the sign change nearest to the
  forward is all that is looked for.
grain: [bucket_end, expiry_set, node]
as_of: bucket_end
---#}
{% import 'macros/exposure.sql' as exposure %}
with one_signed as (
    select
        bucket_end,
        expiry_set
    from options.near_grid_5s
    group by bucket_end, expiry_set
    having
        min(gex) >= 0 or max(gex) <= 0
        or min(gex_net_flow) >= 0 or max(gex_net_flow) <= 0
),

{{ exposure.gridded(
    exposure.far_nodes,
    'exists (from one_signed where one_signed.bucket_end = books.bucket_end)'
) }}

select
    gridded.bucket_end,
    gridded.expiry_set,
    gridded.node,
    gridded.gex,
    gridded.gex_net_flow
from gridded
inner join one_signed using (bucket_end, expiry_set)
