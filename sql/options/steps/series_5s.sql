{#---
doc: >
  What the calls and puts of each expiry say together at the end of every bucket: the future as they
  imply it, and how much it moves until then. No row where no strike is quoted on both.
grain: [bucket_end, underlying_id, asset, expiry]
as_of: bucket_end
columns:
  forward_parity: DOUBLE    | points | the future by put-call parity, median of the 7 strikes nearest to the money
  parity:         DOUBLE    | points | the same, null where it is not above 0
  total_vol:      DOUBLE    | ratio  | vol to the expiry as the straddle at the money tells it, vol times root of years
---#}
{% import 'macros/options.sql' as options with context %}
with quoted as (
    select
        {{ options.alive() }} as bucket_end,
        (quotes_5s.bid + quotes_5s.ask) / 2 as mid,
        contracts.underlying_id,
        contracts.asset,
        contracts.expiry,
        contracts.strike,
        contracts.cp
    from options.quotes_5s
    inner join options.contracts using (instrument_id)
    where quotes_5s.bid < quotes_5s.ask
),

strikes as (
    select
        bucket_end,
        underlying_id,
        asset,
        expiry,
        strike,
        max(mid) filter (where cp = 1) as call,
        max(mid) filter (where cp = -1) as put
    from quoted
    group by bucket_end, underlying_id, asset, expiry, strike
),

pairs as (
    select
        strikes.*,
        forwards_5s.forward,
        {{ options.discount('strikes.expiry', 'strikes.bucket_end') }} as df,
        -- a call and a put at the forward are worth the same; of two as near, the lower strike
        abs(if(
            forwards_5s.forward is null,
            strikes.call - strikes.put,
            strikes.strike - forwards_5s.forward
        ))
        + strikes.strike * 1e-9 as distance
    from strikes
    left join options.forwards_5s using (bucket_end, underlying_id)
    where
        strikes.call is not null and strikes.put is not null
        and coalesce(forwards_5s.mid > 0, true)
),

implied as (
    select
        bucket_end,
        underlying_id,
        asset,
        expiry,
        -- of a future there is one
        any_value(forward) as forward,
        -- the seven pairs nearest to the money, whose spreads are narrowest against the strike
        list_median(arg_min(strike + (call - put) / df, distance, 7)) as forward_parity,
        arg_min((call + put) / df, distance) as straddle
    from pairs
    group by bucket_end, underlying_id, asset, expiry
)

-- at the money a straddle is worth 2 pdf(0) of the forward per unit of total volatility
select
    bucket_end,
    underlying_id,
    asset,
    expiry,
    forward_parity,
    if(forward_parity > 0, forward_parity, null) as parity,
    straddle / coalesce(forward, parity) / (2 * norm_pdf(0)) as total_vol
from implied
