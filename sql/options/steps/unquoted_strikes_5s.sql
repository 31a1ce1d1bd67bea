{#---
doc: >
  The listed strikes of each future none of whose options has been quoted yet, of expiries that have
  quotes. Their open interest counts by the vol of the strikes around them.
grain: [bucket_end, expiry, strike, underlying_id]
as_of: bucket_end
columns:
  underlying_id: UINTEGER | id | instrument number of the future
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
{% set price = '{forward: forward, source: forward_source}' %}
with listed as (
    select
        expiry,
        strike,
        underlying_id,
        min(known_at) as known_at
    from options.contracts
    group by expiry, strike, underlying_id
),

-- not by the chain, which may leave out what is quoted
quoted as (
    select
        contracts.expiry,
        contracts.strike,
        contracts.underlying_id,
        min(greatest(quotes_5s.quoted_at, contracts.known_at)) as quoted_at
    from options.quotes_5s
    inner join options.contracts using (instrument_id)
    group by contracts.expiry, contracts.strike, contracts.underlying_id
),

futures as (
    select
        bucket_end,
        expiry,
        underlying_id,
        -- where calls and puts imply it, each product of an expiry may have its own
        arg_min({{ price }}, (forward is null, instrument_id)) as price
    from options.chain_5s
    group by bucket_end, expiry, underlying_id
),

unquoted as (
    select
        listed.expiry,
        listed.strike,
        listed.underlying_id,
        unnest(generate_series(
            greatest(listed.known_at, {{ time.first_bucket() }}),
            least(
                quoted.quoted_at - {{ time.buckets(1) }},
                {{ time.at(window_end_ns) }},
                listed.expiry - to_microseconds(1)
            ),
            {{ time.buckets(1) }}
        )) as bucket_end
    from listed
    left join quoted using (expiry, strike, underlying_id)
)

select
    unquoted.bucket_end,
    unquoted.expiry,
    unquoted.strike,
    futures.underlying_id,
    futures.price.forward,
    futures.price.source as forward_source
from unquoted
inner join futures using (bucket_end, expiry, underlying_id)
where
    {{ options.is_within(
        'unquoted.strike',
        "if(futures.price.source = 'quote', futures.price.forward, null)"
    ) }}
