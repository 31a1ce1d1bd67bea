{#---
doc: >
  Gamma exposure of each strike: what dealers' delta changes by when the future moves 1 %, if they
  are long every call and short every put of the open interest (naive), and if they took the other
  side of every option trade since the overnight open (flow). The two are never mixed but in
  gex_net_flow, which is their sum. Null where open interest or vol is not known, and flow before
  the session's first option trade; expired options are gone.
grain: [session, bucket_end, expiry, strike]
as_of: bucket_end
slices: select count(*) // count(distinct bucket_end) from options.chain_5s
columns:
  front_forward:     DOUBLE | points       | price of the session's contract
  oi_call:           BIGINT | contracts    | open interest of calls, null where none was published
  oi_put:            BIGINT | contracts    | open interest of puts, null where none was published
  gex_net:           DOUBLE | $/1%         | naive exposure, calls less puts
  gex_net_per_point: DOUBLE | $/pt         | naive exposure per point of the future
  gex_net_futures:   DOUBLE | contracts/pt | naive exposure in futures per point
  vanna_net:         DOUBLE | $/vol pt     | naive change of delta when vol rises by 0.01
  gex_flow:          DOUBLE | $/1%         | exposure of what dealers took on since the overnight open, without open interest
  gex_net_flow:      DOUBLE | $/1%         | naive exposure and that of the flow together
---#}
with listed as (
    select
        bucket_end,
        expiry,
        strike,
        max(underlying_id) as underlying_id,
        max(forward) as forward,
        max(multiplier) as multiplier,
        (sum(oi) filter (where cp = 1))::bigint as oi_call,
        (sum(oi) filter (where cp = -1))::bigint as oi_put
    from options.chain_5s
    where expiry > bucket_end
    group by bucket_end, expiry, strike
),

fronts_5s as (
    select
        listed.bucket_end,
        max(listed.forward) as forward
    from listed
    inner join market.fronts on listed.underlying_id = fronts.instrument_id
    group by listed.bucket_end
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
        coalesce(vols_5s.underlying_id, listed.underlying_id) as underlying_id,
        coalesce(vols_5s.forward, listed.forward) as forward,
        coalesce(fronts_5s.forward, bbo_5s.mid) as front_forward,
        coalesce(vols_5s.underlying_id, listed.underlying_id) = fronts.instrument_id as is_front,
        vols_5s.gamma,
        vols_5s.vanna,
        vols_5s.charm,
        -- a put's delta is a call's less the discount factor, which grows by its rate
        vols_5s.charm - {{ interest_rate }} * vols_5s.df as charm_put,
        vols_5s.gamma * listed.multiplier * vols_5s.forward * vols_5s.forward * 0.01 as gex,
        if(
            first_trade.bucket_end <= listed.bucket_end, coalesce(positions_5s.bought_qty, 0), null
        ) as bought_qty
    from listed
    cross join first_trade
    left join market.fronts on true
    left join fronts_5s on listed.bucket_end = fronts_5s.bucket_end
    left join market.bbo_5s on listed.bucket_end = bbo_5s.bucket_end
    left join options.vols_5s
        on
            listed.bucket_end = vols_5s.bucket_end
            and listed.expiry = vols_5s.expiry
            and listed.strike = vols_5s.strike
    asof left join options.positions_5s
        on
            listed.expiry = positions_5s.expiry
            and listed.strike = positions_5s.strike
            and listed.bucket_end >= positions_5s.bucket_end
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
    (expiry::date - date '{{ session }}')::integer as days,
    multiplier,
    oi_call,
    oi_put,
    gex * oi_call as gex_call,
    gex * oi_put as gex_put,
    gex * (oi_call - oi_put) as gex_net,
    gex * (oi_call + oi_put) as gex_gross,
    gamma * (oi_call - oi_put) * multiplier * forward as gex_net_per_point,
    gamma * (oi_call - oi_put) as gex_net_futures,
    vanna * (oi_call - oi_put) * multiplier * forward * 0.01 as vanna_net,
    (charm * oi_call - charm_put * oi_put) * multiplier * forward / 365 as charm_net,
    -gex * bought_qty as gex_flow,
    gex_net + gex_flow as gex_net_flow
from joined
order by bucket_end, expiry, strike
