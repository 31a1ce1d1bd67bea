{#---
doc: >
  The strikes of a bucket that gamma exposure is held in, in one row: what reprices each, and what it
  weighs. Strikes stand in the order of expiries, so that those of a set of expiries come first, and
  sums over a list are the same to the bit. No row where nothing is held.
grain: [bucket_end]
as_of: bucket_end
columns:
  n_0dte:   BIGINT   | strikes | of expiries of the day
  n_5d:     BIGINT   | strikes | of the next five days too
  n_all:    BIGINT   | strikes | of all expiries
  naive:    DOUBLE[] | $/1%    | naive exposure over the density
  net_flow: DOUBLE[] | $/1%    | the same of naive plus flow, null before the first option trade
  strikes:  STRUCT(d1 DOUBLE, per_vol DOUBLE)[] | ratio | of held_strikes_5s
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set strike = '{d1: d1, per_vol: per_vol, naive: gex_naive, net_flow: gex_net_flow}' %}
with listed as (
    select
        {% for set, last_day in exposure.SETS.items() %}
        count(*) filter (where days <= {{ last_day }}) as n_{{ set }},
        {% endfor %}
        bucket_end,
        -- known of every strike or of none
        count(gex_net_flow) > 0 as is_flow_known,
        list({{ strike }} order by expiry, strike) as strikes
    from options.held_strikes_5s
    where gex_naive is not null and (gex_naive <> 0 or gex_net_flow <> 0)
    group by bucket_end
)

select
    listed.bucket_end,
    {% for set in exposure.SETS %}
    listed.n_{{ set }},
    {% endfor %}
    list_transform(listed.strikes, lambda x: x.naive) as naive,
    case when listed.is_flow_known then list_transform(listed.strikes, lambda x: x.net_flow) end
        as net_flow,
    list_transform(listed.strikes, lambda x: struct_pack(d1 := x.d1, per_vol := x.per_vol))
        as strikes
from listed
