{#---
doc: >
  Gamma exposure of each set of expiries if the future were elsewhere, vol held per strike, naive and
  with what the flow has added: within 1 % of where it is, and where one of the two keeps its sign there
  up to 2 %, then up to 10 %, since the sign change nearest to the forward is all that is looked for.
grain: [bucket_end, expiry_set, node]
as_of: bucket_end
columns:
  node: TINYINT | thousandth | price over the forward, less one
  gex:  DOUBLE  | $/1%       | naive exposure at that price
---#}
{% import 'macros/exposure.sql' as exposure %}
with {{ exposure.gridded('options.books_5s', exposure.RINGS[0], '_0') }},

known_0 as (
    select * from gridded_0
),

{% for nodes in exposure.RINGS[1:] %}
{% set n = loop.index %}
one_signed_{{ n }} as (
    select
        bucket_end,
        expiry_set
    from known_{{ n - 1 }}
    group by bucket_end, expiry_set
    having
        min(gex) >= 0 or max(gex) <= 0
        or min(gex_net_flow) >= 0 or max(gex_net_flow) <= 0
),

{{ exposure.listed(
    'exists (from one_signed_' ~ n ~ ' as far where far.bucket_end = held_strikes_5s.bucket_end)',
    '_' ~ n
) }},

{{ exposure.gridded('books_' ~ n, nodes, '_' ~ n) }},

known_{{ n }} as (
    select * from known_{{ n - 1 }}
    union all
    select gridded_{{ n }}.*
    from gridded_{{ n }}
    inner join one_signed_{{ n }} using (bucket_end, expiry_set)
){{ ',' if not loop.last }}

{% endfor %}
select
    bucket_end,
    expiry_set,
    node,
    gex,
    gex_net_flow
from known_{{ exposure.RINGS | length - 1 }}
