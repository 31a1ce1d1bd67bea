{#---
doc: >
  Implied volatility and greeks by strike at the end of every bucket, from the side that is out of
  the money. Where its quote cannot tell, or there is none, the volatility comes from the strikes
  that can.
grain: [session, bucket_end, expiry, strike]
as_of: bucket_end
slices: select count(*) // count(distinct bucket_end) from options.chain_5s
columns:
  underlying_id: UINTEGER | id     | instrument number of the future; where series of one expiry deliver two, that of the narrower quote, else one with a price
  df:            DOUBLE   | ratio  | value now of a dollar at expiry, exp(-interest_rate x t_years)
  iv:            DOUBLE   | vol    | implied volatility, 0.2 is 20 %; null where no strike of the expiry can tell or the future has no price
  iv_source:     VARCHAR  | text   | quote, interpolated between the strikes around it, or extrapolated flat from the nearest one
  iv_quote:      DOUBLE   | vol    | implied by the middle of its own quote where that is ok, however uncertain
  delta_call:    DOUBLE   | ratio  | change of a call's value per point; a put's is delta_call - df
  gamma:         DOUBLE   | 1/pt   | change of delta per point
  vanna:         DOUBLE   | 1/vol  | change of delta per 1.00 of vol
  charm:         DOUBLE   | 1/year | change of a call's delta as a year passes; a put's is less by interest_rate x df
---#}
{% import 'macros/options.sql' as options with context %}
{% import 'numerics/implied_vol.sql' as implied %}
{% set chosen = '{underlying_id: underlying_id, forward: forward, '
    ~ 'forward_source: forward_source, mid: mid, half: half}' %}
with quotes as (
    select
        *,
        quote_state = 'ok' and (cp = 1) = (strike >= forward) as is_told
    from options.chain_5s
),

sides as (
    select
        bucket_end,
        expiry,
        strike,
        instrument_id,
        underlying_id,
        forward,
        forward_source,
        if(is_told, (bid + ask) / 2, null) as mid,
        if(is_told, (ask - bid) / 2, null) as half
    from quotes
    union all
    select
        bucket_end,
        expiry,
        strike,
        null as instrument_id,
        underlying_id,
        forward,
        forward_source,
        null as mid,
        null as half
    from options.unquoted_strikes_5s
),

strikes as (
    select
        bucket_end,
        expiry,
        strike,
        -- of two series at a strike the narrower quote says more; where neither tells, one whose
        -- future has a price; at a tie the lower number
        arg_min(
            {{ chosen }},
            (half is null, forward is null, half, underlying_id, instrument_id)
        ) as side
    from sides
    group by bucket_end, expiry, strike
),

dated as (
    select
        strikes.bucket_end,
        strikes.expiry,
        strikes.strike,
        strikes.side.underlying_id,
        strikes.side.forward,
        strikes.side.forward_source,
        strikes.side.mid,
        strikes.side.half,
        {{ options.years('strikes.expiry', 'strikes.bucket_end') }} as t_years,
        {{ options.discount('strikes.expiry', 'strikes.bucket_end') }} as df
    from strikes
),

priced as (
    select
        *,
        mid / df as premium
    from dated
),

{{ implied.solved('priced') }},

measured as (
    select
        *,
        half / nullif(b76_vega(forward, strike, t_years, vol, df), 0) as iv_unc
    from vol_solved
),

told as (
    select
        bucket_end,
        expiry,
        strike,
        underlying_id,
        forward,
        forward_source,
        t_years,
        df,
        vol as iv_quote,
        iv_unc,
        if({{ options.is_certain('vol', 'iv_unc', 't_years') }}, vol, null) as vol_here,
        if(vol_here is null, null, strike) as strike_here
    from measured
),

neighbours as (
    select
        *,
        last_value(vol_here ignore nulls) over below as vol_below,
        last_value(strike_here ignore nulls) over below as strike_below,
        first_value(vol_here ignore nulls) over above as vol_above,
        first_value(strike_here ignore nulls) over above as strike_above
    from told
    window
        below as (
            partition by bucket_end, expiry
            order by strike
            rows between unbounded preceding and current row
        ),
        above as (
            partition by bucket_end, expiry
            order by strike
            rows between current row and unbounded following
        )
),

completed as (
    select
        *,
        case
            -- there is nothing to reprice, whatever the strikes beside it say
            when forward is null then null
            when vol_here is not null then vol_here
            when vol_below is null then vol_above
            when vol_above is null then vol_below
            else
                vol_below
                + (vol_above - vol_below) * (strike - strike_below) / (strike_above - strike_below)
        end as iv
    from neighbours
)

select
    date '{{ session }}' as session,
    bucket_end,
    expiry,
    strike,
    underlying_id,
    forward,
    forward_source,
    t_years,
    df,
    iv,
    case
        when iv is null then null
        when vol_here is not null then 'quote'
        when vol_below is not null and vol_above is not null then 'interpolated'
        else 'extrapolated'
    end as iv_source,
    iv_quote,
    iv_unc,
    b76_delta(1, forward, strike, t_years, iv, df) as delta_call,
    b76_gamma(forward, strike, t_years, iv, df) as gamma,
    b76_vega(forward, strike, t_years, iv, df) as vega,
    b76_vanna(forward, strike, t_years, iv, df) as vanna,
    b76_charm(1, forward, strike, t_years, iv, df) as charm
from completed
order by bucket_end, expiry, strike
