{#---
doc: >
  Everything known of the strikes near each level, expiry by expiry, as pressure weighs and sums it.
  What a strike did not trade is 0 once any option has traded, and not known before.
grain: [bucket_end, level_id, expiry, strike]
as_of: bucket_end
columns:
  oi:                BIGINT | contracts | open interest of calls and puts
  traded_so_far_qty: BIGINT | contracts | traded since the overnight open
  unsided_qty:       BIGINT | contracts | calls and puts without a side
  lean:              DOUBLE | vol       | vol of the strike's own quote above the line between the strikes beside it
---#}
{% set traded = [
    'call_buy_qty',
    'call_sell_qty',
    'put_buy_qty',
    'put_sell_qty',
    'call_buy_premium',
    'call_sell_premium',
    'put_buy_premium',
    'put_sell_premium',
    'unsided_qty',
] %}
with first_trade as (
    select min(bucket_end) as first_traded_at from options.option_trades
),

joined as (
    select
        near_5s.*,
        first_trade.first_traded_at <= near_5s.bucket_end as is_flow_known,
        positions_5s.traded_qty,
        flow_5s.* exclude (bucket_end, expiry, strike),
        flow_5s.call_unsided_qty + flow_5s.put_unsided_qty as unsided_qty,
        queues_5s.* exclude (bucket_end, expiry, strike),
        vol_moves_5s.* exclude (bucket_end, expiry, strike),
        if(vol_moves_5s.iv_quote is null, null, near_5s.strike) as quoted_strike
    from options.near_5s
    asof left join options.positions_5s using (expiry, strike, bucket_end)
    left join options.flow_5s using (bucket_end, expiry, strike)
    left join options.queues_5s using (bucket_end, expiry, strike)
    left join options.vol_moves_5s using (bucket_end, expiry, strike)
    cross join first_trade
),

neighbours as (
    select
        *,
        last_value(quoted_strike ignore nulls) over below as strike_below,
        last_value(iv_quote ignore nulls) over below as iv_below,
        first_value(quoted_strike ignore nulls) over above as strike_above,
        first_value(iv_quote ignore nulls) over above as iv_above
    from joined
    window
        below as (
            partition by bucket_end, level_id, expiry
            order by strike
            rows between unbounded preceding and 1 preceding
        ),
        above as (
            partition by bucket_end, level_id, expiry
            order by strike
            rows between 1 following and unbounded following
        )
)

select
    bucket_end,
    level_id,
    expiry,
    strike,
    level_price,
    step,
    front_strike,
    days,
    gex_call,
    gex_put,
    gex_gross,
    charm_net,
    oi,
    if(is_flow_known, coalesce(traded_qty, 0), null) as traded_so_far_qty,
    {% for name in traded %}
    if(is_flow_known, coalesce({{ name }}, 0), null) as {{ name }},
    {% endfor %}
    if(n_trades is null and is_flow_known, 0, hedge_futures) as hedge_futures,
    if(n_trades is null and is_flow_known, 0, hedge_usd) as hedge_usd,
    if(n_trades is null and is_flow_known, 0, long_delta) as long_delta,
    if(n_trades is null and is_flow_known, 0, short_delta) as short_delta,
    bid_add_qty,
    bid_pull_qty,
    ask_add_qty,
    ask_pull_qty,
    vega,
    iv_quote - iv_below
    - (iv_above - iv_below) * (strike - strike_below) / (strike_above - strike_below) as lean,
    iv_unc,
    iv_change
from neighbours
