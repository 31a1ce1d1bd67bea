{#---
doc: >
  The strikes of a bucket that gamma exposure is held in, in one row: what reprices each, and what it
  weighs, by expiry and strike, so that those of a set of expiries come first and sums over a list are
  in one order. No row where nothing is held.
grain: [bucket_end]
as_of: bucket_end
columns:
  strikes:  STRUCT(d1 DOUBLE, per_vol DOUBLE)[] | ratio | d1 and per_vol of held_strikes_5s
  naive:    DOUBLE[] | $/1%    | naive exposure of each over the density at its d1
  net_flow: DOUBLE[] | $/1%    | the same of naive plus flow, null before the first option trade
  n_0dte:   BIGINT   | strikes | of expiries of the day
  n_5d:     BIGINT   | strikes | of the next five days with it
  n_all:    BIGINT   | strikes | of all
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set strike = '{d1: d1, per_vol: per_vol, naive: gex_naive, net_flow: gex_net_flow}' %}
with listed as (
    select
        {% for set, last_day in exposure.SETS.items() %}
        count(*) filter (where days <= {{ last_day }}) as n_{{ set }},
        {% endfor %}
        bucket_end,
        list({{ strike }} order by expiry, strike) as strikes
    from options.held_strikes_5s
    where gex_naive is not null and (gex_naive <> 0 or gex_net_flow <> 0)
    group by bucket_end
)

select
    bucket_end,
    list_transform(strikes, lambda x: {d1: x.d1, per_vol: x.per_vol}) as strikes,
    list_transform(strikes, lambda x: x.naive) as naive,
    -- of every strike or of none
    if(strikes[1].net_flow is null, null, list_transform(strikes, lambda x: x.net_flow)) as net_flow,
    n_0dte,
    n_5d,
    n_all
from listed
