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

needed as (
    select
        one_signed.bucket_end,
        max(expiry_sets.last_day) as last_day
    from one_signed
    inner join options.expiry_sets using (expiry_set)
    group by one_signed.bucket_end
),

{{ exposure.repriced(
    exposure.far_nodes,
    'exists (from needed where needed.bucket_end = gex_5s.bucket_end'
    ~ ' and gex_5s.days <= needed.last_day)'
) }},

{{ exposure.gathered() }}

select
    gathered.bucket_end,
    gathered.expiry_set,
    gathered.node,
    gathered.gex,
    gathered.gex_net_flow
from gathered
inner join one_signed using (bucket_end, expiry_set)
