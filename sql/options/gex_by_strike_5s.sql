{#---
doc: >
  Gamma exposure by strike, expiries added up in three sets: those of the day, of the next five days
  with it, and all. Strikes of another future than the session's contract stand at front_strike; for a
  picture near_strike takes them to the listed strikes of the contract.
grain: [session, bucket_end, expiry_set, underlying_id, strike]
as_of: bucket_end
columns:
  underlying_id: UINTEGER | id        | instrument number of the future that the strike is of
  near_strike:   DOUBLE   | points    | listed strike of the session's contract nearest to front_strike, of two as near the lower; front_strike where none is listed
  forward:       DOUBLE   | points    | price of the session's contract
  oi_call:       BIGINT   | contracts | open interest of calls, null where none was published
  oi_put:        BIGINT   | contracts | open interest of puts, null where none was published
  gex_net:       DOUBLE   | $/1%      | naive exposure, calls less puts
  gex_flow:      DOUBLE   | $/1%      | exposure of what dealers took on since the overnight open, without open interest
  n_strikes:     BIGINT   | strikes   | listed, counted per expiry
  n_known:       BIGINT   | strikes   | of these the ones with an exposure
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set at_strike = {
    'gex_call': 'gex_5s.gex_call',
    'gex_put': 'gex_5s.gex_put',
    'gex_net': 'gex_5s.gex_net',
    'gex_gross': 'gex_5s.gex_gross',
    'gex_flow': 'gex_5s.gex_flow',
    'gex_flow_call': 'gex_5s.gex_flow_call',
    'gex_flow_put': 'gex_5s.gex_flow_put',
    'gex_volume_call': 'gex_5s.gex_volume_call',
    'gex_volume_put': 'gex_5s.gex_volume_put',
    'vanna_net': 'gex_5s.vanna_net',
    'charm_net': 'gex_5s.charm_net',
    'delta_net': 'gex_5s.delta_net',
} %}
{% set grain = 'gex_5s.bucket_end, expiry_sets.expiry_set, gex_5s.underlying_id, gex_5s.strike' %}
with anchors as (
    select
        {{ grain }},
        {{ exposure.anchors(at_strike) }}
    from options.gex_5s
    inner join options.expiry_sets on gex_5s.days <= expiry_sets.last_day
    group by {{ grain }}
),

strikes as (
    select
        {{ grain }},
        -- a future has one price, or where expiries imply one each, that of the nearest
        arg_min(gex_5s.front_strike, gex_5s.expiry) as front_strike,
        max(gex_5s.front_forward) as forward,
        {{ exposure.sums(at_strike) }},
        sum(gex_5s.oi_call)::bigint as oi_call,
        sum(gex_5s.oi_put)::bigint as oi_put,
        count(*) as n_strikes,
        count(gex_5s.gex_net) as n_known
    from options.gex_5s
    inner join options.expiry_sets on gex_5s.days <= expiry_sets.last_day
    inner join anchors using (bucket_end, expiry_set, underlying_id, strike)
    group by {{ grain }}
),

listed as (
    select distinct
        gex_5s.bucket_end,
        gex_5s.strike
    from options.gex_5s
    inner join market.fronts on gex_5s.underlying_id = fronts.instrument_id
),

of_others as (
    select distinct
        gex_5s.bucket_end,
        gex_5s.underlying_id,
        gex_5s.front_strike
    from options.gex_5s
    anti join market.fronts on gex_5s.underlying_id = fronts.instrument_id
),

around as (
    select
        of_others.bucket_end,
        of_others.underlying_id,
        of_others.front_strike,
        case
            when of_others.front_strike - below.strike <= above.strike - of_others.front_strike
                then below.strike
            else coalesce(above.strike, below.strike, of_others.front_strike)
        end as near_strike
    from of_others
    asof left join listed as below
        on of_others.bucket_end = below.bucket_end and of_others.front_strike >= below.strike
    asof left join listed as above
        on of_others.bucket_end = above.bucket_end and of_others.front_strike <= above.strike
)

select
    date '{{ session }}' as session,
    strikes.bucket_end,
    strikes.expiry_set,
    strikes.underlying_id,
    strikes.strike,
    strikes.front_strike,
    if(fronts.instrument_id is null, around.near_strike, strikes.strike) as near_strike,
    strikes.forward,
    strikes.oi_call,
    strikes.oi_put,
    strikes.gex_call,
    strikes.gex_put,
    strikes.gex_net,
    strikes.gex_gross,
    strikes.gex_flow,
    strikes.gex_flow_call,
    strikes.gex_flow_put,
    strikes.gex_volume_call,
    strikes.gex_volume_put,
    strikes.vanna_net,
    strikes.charm_net,
    strikes.delta_net,
    strikes.n_strikes,
    strikes.n_known
from strikes
left join market.fronts on strikes.underlying_id = fronts.instrument_id
left join around
    on
        -- equalities alone: with "is null" beside them every row is compared with every other
        strikes.bucket_end = around.bucket_end
        and strikes.underlying_id = around.underlying_id
        and strikes.front_strike = around.front_strike
order by
    strikes.bucket_end,
    strikes.expiry_set,
    strikes.front_strike,
    strikes.underlying_id,
    strikes.strike
