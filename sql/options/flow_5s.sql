{#---
doc: >
  Who crossed the spread in each strike's calls and puts, what was paid, and what that makes dealers
  do who took the other side: futures they have to buy to stay hedged, and the gamma they gain. Both
  by the greeks of the bucket before, null where it has none. A strike that did not trade in a
  bucket has no row.
grain: [session, bucket_end, expiry, strike]
as_of: bucket_end
bare_name: options_flow_5s
columns:
  call_unsided_qty: BIGINT | contracts | calls of which it is not known
  put_unsided_qty:  BIGINT | contracts | puts of which it is not known
  unsided_premium:  DOUBLE | $         | paid for calls and puts without a side
  hedge_call:       DOUBLE | futures   | that dealers have to buy for the calls, negative to sell
  hedge_put:        DOUBLE | futures   | that dealers have to buy for the puts, negative to sell
  gamma_change:     DOUBLE | $/1%      | change of the dealers' gamma, negative where they sold options
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
{% set sides = {'buy': 1, 'sell': -1} %}
{% set types = {'call': 1, 'put': -1} %}
-- prices are whole billionths, which add up the same in any order
with trades as (
    select
        *,
        {{ options.value_e3('size') }} as value_e3,
        round(price * 1e9)::hugeint * value_e3 as paid_e12
    from options.option_trades
    where bucket_end > {{ time.at(window_start_ns) }}
),

traded as (
    select
        bucket_end,
        expiry,
        strike,
        {% for type, cp in types.items() %}
        {% for side, way in sides.items() %}
        sum(if(cp = {{ cp }} and way = {{ way }}, size, 0))::bigint
            as {{ type }}_{{ side }}_qty,
        sum(if(cp = {{ cp }} and way = {{ way }}, paid_e12, 0))::double / 1e12
            as {{ type }}_{{ side }}_premium,
        {% endfor %}
        sum(if(cp = {{ cp }} and way = 0, size, 0))::bigint as {{ type }}_unsided_qty,
        sum(if(cp = {{ cp }}, way * value_e3, 0))::double / 1e3 as {{ type }}s_value,
        {% endfor %}
        sum(if(way = 0, paid_e12, 0))::double / 1e12 as unsided_premium,
        count(*) as n_trades
    from trades
    group by bucket_end, expiry, strike
),

-- a dealer is short what customers bought
hedged as (
    select
        traded.*,
        vols_5s.forward,
        vols_5s.gamma,
        vols_5s.delta_call,
        vols_5s.delta_call - vols_5s.df as delta_put,
        (traded.call_buy_qty - traded.call_sell_qty) * vols_5s.delta_call as hedge_call,
        (traded.put_buy_qty - traded.put_sell_qty) * delta_put as hedge_put
    from traded
    left join options.vols_5s
        on
            traded.bucket_end - {{ time.buckets(1) }} = vols_5s.bucket_end
            and traded.expiry = vols_5s.expiry
            and traded.strike = vols_5s.strike
)

select
    date '{{ session }}' as session,
    bucket_end,
    expiry,
    strike,
    call_buy_qty,
    call_sell_qty,
    call_unsided_qty,
    put_buy_qty,
    put_sell_qty,
    put_unsided_qty,
    call_buy_premium,
    call_sell_premium,
    put_buy_premium,
    put_sell_premium,
    unsided_premium,
    n_trades,
    call_buy_qty * delta_call - put_sell_qty * delta_put as long_delta,
    call_sell_qty * delta_call - put_buy_qty * delta_put as short_delta,
    hedge_call,
    hedge_put,
    hedge_call + hedge_put as hedge_futures,
    (calls_value * delta_call + puts_value * delta_put) * forward as hedge_usd,
    -(calls_value + puts_value) * gamma * forward * forward * 0.01 as gamma_change
from hedged
order by bucket_end, expiry, strike
