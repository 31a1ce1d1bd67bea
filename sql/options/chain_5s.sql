{#---
doc: >
  Every option from its first quote to its expiry, with the quote, the future and the open interest
  as they are known at the end of every bucket. An option without a quote has no row, nor has one
  whose strike is farther from its future then than the setting option_percent, where there is one.
grain: [session, bucket_end, instrument_id]
as_of: bucket_end
slices: select count(*) from options.contracts
columns:
  instrument_id:  UINTEGER | id     | venue instrument number of the option
  quote_state:    VARCHAR  | text   | ok, zero_bid, no_ask, none, locked_crossed, or stale where the future has moved its value by more than half its spread since
  forward_parity: DOUBLE   | points | the future as calls and puts of the expiry imply it, median of the 7 strikes nearest to it
  basis:          DOUBLE   | points | forward_parity - forward; far from 0 where the chain lags
  oi:             BIGINT   | lots   | open contracts as last published, null where never
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
{% set since = 'greatest(contracts.known_at, ' ~ time.first_bucket() ~ ')' %}
{% set until = 'contracts.expiry - to_microseconds(1)' %}
with quoted as (
    select
        {{ options.lasting('quotes_5s', since, until) }} as bucket_end,
        greatest(quotes_5s.quoted_at, {{ time.first_bucket() }}) as quoted_at,
        quotes_5s.quote_ts,
        quotes_5s.bid,
        quotes_5s.ask,
        quotes_5s.bid_qty,
        quotes_5s.ask_qty,
        quotes_5s.bid < quotes_5s.ask as is_two_sided,
        (quotes_5s.bid + quotes_5s.ask) / 2 as mid,
        contracts.instrument_id,
        contracts.asset,
        contracts.expiry,
        contracts.strike,
        contracts.cp,
        contracts.multiplier,
        contracts.underlying_id
    from options.quotes_5s
    inner join options.contracts using (instrument_id)
),

chain as (
    select
        quoted.*,
        forwards_5s.forward,
        {{ options.discount('quoted.expiry', 'quoted.bucket_end') }} as df
    from quoted
    left join options.forwards_5s using (bucket_end, underlying_id)
    {% if option_percent is not none %}
    where coalesce({{ options.is_within('quoted.strike', 'forwards_5s.forward') }}, true)
    {% endif %}
),

strikes as (
    select
        bucket_end,
        asset,
        expiry,
        strike,
        -- one future and one discount per expiry
        any_value(forward) as forward,
        any_value(df) as df,
        max(mid) filter (where cp = 1) as call,
        max(mid) filter (where cp = -1) as put
    from chain
    where is_two_sided and forward is not null
    group by bucket_end, asset, expiry, strike
),

pairs as (
    select
        *,
        abs(strike - forward) + strike * 1e-9 as distance  -- of two as near, the lower strike
    from strikes
    where call is not null and put is not null
),

-- at the money a straddle is worth 2 pdf(0) of the forward per unit of total volatility
series as (
    select
        bucket_end,
        asset,
        expiry,
        -- the seven pairs nearest to the money, whose spreads are narrowest against the strike
        list_median(arg_min(strike + (call - put) / df, distance, 7)) as forward_parity,
        arg_min((call + put) / df / forward, distance) / (2 * norm_pdf(0)) as total_vol
    from pairs
    group by bucket_end, asset, expiry
),

moved as (
    select
        chain.*,
        series.forward_parity,
        abs(chain.forward - before.forward)
        * coalesce(abs(b76_delta(chain.cp, chain.forward, chain.strike, 1, series.total_vol, 1)), 1)
            as moved_by
    from chain
    left join series using (bucket_end, asset, expiry)
    left join options.forwards_5s as before
        on chain.quoted_at = before.bucket_end and chain.underlying_id = before.underlying_id
)

select
    date '{{ session }}' as session,
    moved.bucket_end,
    moved.instrument_id,
    moved.expiry,
    moved.strike,
    moved.cp,
    if(moved.cp = 1, 'call', 'put') as option_type,
    moved.multiplier,
    moved.underlying_id,
    moved.bid,
    moved.ask,
    moved.bid_qty,
    moved.ask_qty,
    moved.quote_ts,
    case
        when moved.bid is null and moved.ask is null then 'none'
        when moved.bid is null or moved.bid <= 0 then 'zero_bid'
        when moved.ask is null then 'no_ask'
        when not moved.is_two_sided then 'locked_crossed'
        when moved.moved_by > (moved.ask - moved.bid) / 2 then 'stale'
        else 'ok'
    end as quote_state,
    moved.forward,
    moved.forward_parity,
    moved.forward_parity - moved.forward as basis,
    open_interest.oi,
    open_interest.oi_ref
from moved
left join options.open_interest
    on
        moved.instrument_id = open_interest.instrument_id
        and moved.bucket_end >= open_interest.known_at
        and moved.bucket_end < coalesce(open_interest.known_until, 'infinity'::timestamp)
order by moved.bucket_end, moved.expiry, moved.strike, option_type, moved.instrument_id
