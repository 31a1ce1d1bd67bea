{#---
doc: >
  Gamma exposure of each listed strike, quoted or not: what dealers' delta changes by when the future
  moves 1 %, if they are long every call and short every put of the open interest (naive), and if
  they took the other side of every option trade since the overnight open (flow). The two are never
  mixed but in gex_net_flow, which is their sum. Null where open interest or vol is not known, and flow before
  the session's first option trade; expired options are gone.
grain: [session, bucket_end, expiry, strike]
as_of: bucket_end
slices: select count(*) // count(distinct bucket_end) from options.chain_5s
columns:
  front_forward:     DOUBLE | points       | price of the session's contract
  multiplier:        DOUBLE | $/pt         | value of one point; of two at a strike the larger
  bought_qty:        BIGINT | contracts    | calls and puts bought less those sold since the overnight open, by those who crossed
  gex_net:           DOUBLE | $/1%         | naive exposure, calls less puts
  gex_net_per_point: DOUBLE | $/pt         | naive exposure per point of the future
  gex_net_futures:   DOUBLE | contracts/pt | naive exposure in futures per point
  value_bought:      DOUBLE | $/pt         | calls and puts bought less those sold, each contract times its multiplier
  gex_flow:          DOUBLE | $/1%         | exposure of what dealers took on since the overnight open, without open interest
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
{% set flows = ['bought_qty', 'value_call_bought', 'value_put_bought', 'value_call_traded',
    'value_put_traded'] %}
with quoted as (
    select distinct bucket_end from options.chain_5s
),

span as (
    select
        min(bucket_end) as first_end,
        max(bucket_end) as last_end
    from quoted
    -- without a quote there is no bucket, rather than each one to the expiry
    having count(*) > 0
),

listed as (
    select
        unnest(generate_series(
            greatest(strike_states.known_at, span.first_end),
            least(
                strike_states.known_until - {{ time.buckets(1) }},
                span.last_end,
                strike_states.expiry - to_microseconds(1)
            ),
            {{ time.buckets(1) }}
        )) as bucket_end,
        strike_states.* exclude (strike_states.known_at, strike_states.known_until)
    from options.strike_states
    cross join span
),

-- what the options of the nearest expiry imply of the session's contract where nobody quotes it
implied as (
    select
        vols_5s.bucket_end,
        arg_min(vols_5s.forward, (vols_5s.expiry, vols_5s.strike)) as forward
    from options.vols_5s
    inner join market.fronts on vols_5s.underlying_id = fronts.instrument_id
    where vols_5s.forward_source = 'parity'
    group by vols_5s.bucket_end
),

first_trade as (
    select min(bucket_end) as bucket_end from options.option_trades
),

joined as (
    select
        listed.bucket_end,
        listed.expiry,
        listed.strike,
        listed.multiplier,
        listed.oi_call,
        listed.oi_put,
        listed.value_call,
        listed.value_put,
        coalesce(vols_5s.underlying_id, listed.underlying_id) as underlying_id,
        coalesce(vols_5s.forward, own.forward) as forward,
        coalesce(fronts_5s.forward, implied.forward) as front_forward,
        coalesce(vols_5s.underlying_id, listed.underlying_id) = fronts.instrument_id as is_front,
        vols_5s.gamma,
        vols_5s.vanna,
        vols_5s.charm,
        vols_5s.delta_call,
        vols_5s.delta_call - vols_5s.df as delta_put,
        -- a put's delta is a call's less the discount factor, which grows by its rate
        vols_5s.charm - {{ interest_rate }} * vols_5s.df as charm_put,
        {% for name in flows %}
        if(first_trade.bucket_end <= listed.bucket_end, coalesce(listed.{{ name }}, 0), null)
            as {{ name }},
        {% endfor %}
        vols_5s.gamma * vols_5s.forward * vols_5s.forward * 0.01 as gex
    from listed
    -- by the bucket's own quotes: whether later ones come is not known yet
    inner join quoted on listed.bucket_end = quoted.bucket_end
    cross join first_trade
    left join market.fronts on true
    left join options.forwards_5s as fronts_5s
        on
            listed.bucket_end = fronts_5s.bucket_end
            and fronts.instrument_id = fronts_5s.underlying_id
    left join implied on listed.bucket_end = implied.bucket_end
    left join options.vols_5s
        on
            listed.bucket_end = vols_5s.bucket_end
            and listed.expiry = vols_5s.expiry
            and listed.strike = vols_5s.strike
    left join options.forwards_5s as own
        on
            listed.bucket_end = own.bucket_end
            and coalesce(vols_5s.underlying_id, listed.underlying_id) = own.underlying_id
    where {{ options.is_within('listed.strike', 'own.forward') }}
)

select
    date '{{ session }}' as session,
    bucket_end,
    expiry,
    strike,
    underlying_id,
    forward,
    front_forward,
    if(is_front, strike, strike * front_forward / forward) as front_strike,
    {{ options.days('expiry') }} as days,
    multiplier,
    oi_call,
    oi_put,
    value_call,
    value_put,
    bought_qty,
    gex * value_call as gex_call,
    gex * value_put as gex_put,
    gex * (value_call - value_put) as gex_net,
    gex * (value_call + value_put) as gex_gross,
    gamma * (value_call - value_put) * forward as gex_net_per_point,
    gamma * (oi_call - oi_put) as gex_net_futures,
    vanna * (value_call - value_put) * forward * 0.01 as vanna_net,
    (charm * value_call - charm_put * value_put) * forward / 365 as charm_net,
    (delta_call * value_call - delta_put * value_put) * forward as delta_net,
    value_call_bought + value_put_bought as value_bought,
    -gex * value_call_bought as gex_flow_call,
    -gex * value_put_bought as gex_flow_put,
    -gex * (value_call_bought + value_put_bought) as gex_flow,
    gex_net + gex_flow as gex_net_flow,
    gex * value_call_traded as gex_volume_call,
    gex * value_put_traded as gex_volume_put
from joined
order by bucket_end, expiry, strike
