{#---
doc: >
  The strikes of a bucket that gamma exposure is held in, in one row: what reprices each, and what it
  weighs in each set of expiries, 0 where it is none of the set. Strikes stand in the order of expiries,
  so that those of a set come first, and sums over a list are the same to the bit. No row where nothing
  is held.
grain: [bucket_end]
as_of: bucket_end
columns:
  n_0dte:        BIGINT   | strikes | of expiries of the day
  naive_0dte:    DOUBLE[] | $/1%    | naive exposure over the density, of expiries of the day
  net_flow_0dte: DOUBLE[] | $/1%    | the same of naive plus flow, null before the first option trade
  n_5d:          BIGINT   | strikes | of the next five days too
  naive_5d:      DOUBLE[] | $/1%    | naive exposure over the density, of the next five days too
  net_flow_5d:   DOUBLE[] | $/1%    | the same of naive plus flow, null before the first option trade
  n_all:         BIGINT   | strikes | of all expiries
  naive_all:     DOUBLE[] | $/1%    | naive exposure over the density, of all expiries
  net_flow_all:  DOUBLE[] | $/1%    | the same of naive plus flow, null before the first option trade
  strikes:       STRUCT(d1 DOUBLE, per_vol DOUBLE)[] | ratio | of held_strikes_5s
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set strike = '{d1: d1, per_vol: per_vol, days: days, naive: gex_naive, '
    ~ 'net_flow: gex_net_flow}' %}
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
    {% for set, last_day in exposure.SETS.items() %}
    {% set is_member = 'x.days <= ' ~ last_day %}
    listed.n_{{ set }},
    list_transform(listed.strikes, lambda x: if({{ is_member }}, x.naive, 0)) as naive_{{ set }},
    case
        when listed.is_flow_known
            then list_transform(listed.strikes, lambda x: if({{ is_member }}, x.net_flow, 0))
    end as net_flow_{{ set }},
    {% endfor %}
    list_transform(listed.strikes, lambda x: struct_pack(d1 := x.d1, per_vol := x.per_vol))
        as strikes
from listed
