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
  basis:          DOUBLE   | points | forward_parity - forward; far from 0 where the chain lags, 0 where it is the forward
  oi:             BIGINT   | lots   | open contracts as last published, null where never
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
with quoted as (
    select
        {{ options.alive() }} as bucket_end,
        greatest(quotes_5s.quoted_at, {{ time.first_bucket() }}) as quoted_at,
        quotes_5s.quote_ts,
        quotes_5s.bid,
        quotes_5s.ask,
        quotes_5s.bid_qty,
        quotes_5s.ask_qty,
        quotes_5s.bid < quotes_5s.ask as is_two_sided,
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
        forwards_5s.forward
    from quoted
    left join options.forwards_5s using (bucket_end, underlying_id)
    where {{ options.is_within('quoted.strike', 'forwards_5s.forward') }}
),

moved as (
    select
        chain.* exclude (forward),
        series_5s.forward_parity,
        coalesce(chain.forward, series_5s.parity) as forward,
        case
            when chain.forward is not null then 'quote'
            when series_5s.parity is not null then 'parity'
        end as forward_source,
        abs(coalesce(
            chain.forward - quoted_then.forward,
            series_5s.forward_parity - series_then.forward_parity
        ))
        * coalesce(
            abs(b76_delta(
                chain.cp,
                coalesce(chain.forward, series_5s.parity),
                chain.strike,
                1,
                series_5s.total_vol,
                1
            )),
            1
        ) as moved_by
    from chain
    left join options.series_5s using (bucket_end, underlying_id, asset, expiry)
    left join options.forwards_5s as quoted_then
        on
            chain.quoted_at = quoted_then.bucket_end
            and chain.underlying_id = quoted_then.underlying_id
    left join options.series_5s as series_then
        on
            chain.quoted_at = series_then.bucket_end
            and chain.underlying_id = series_then.underlying_id
            and chain.asset = series_then.asset
            and chain.expiry = series_then.expiry
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
    moved.forward_source,
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
