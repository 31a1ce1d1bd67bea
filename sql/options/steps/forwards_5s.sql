{#---
doc: >
  What every future that options deliver is worth at the end of every bucket: the middle of its own
  quote, null where its sides are not both there and apart, and where that is not above 0, for which
  Black's model has no value. No row before its first quote.
grain: [bucket_end, underlying_id]
as_of: bucket_end
columns:
  forward:      DOUBLE  | points | middle of bid and ask, from the book where market.bbo_5s has one
  is_at_most_0: BOOLEAN | flag   | the middle is 0 or below, null where there is none
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
with delivered as (
    select distinct underlying_id
    from options.contracts
),

quoted as (
    select
        {{ options.lasting('quotes_5s', time.first_bucket(), 'null') }} as bucket_end,
        quotes_5s.instrument_id as underlying_id,
        if(quotes_5s.bid < quotes_5s.ask, (quotes_5s.bid + quotes_5s.ask) / 2, null) as mid
    from options.quotes_5s
    inner join delivered on quotes_5s.instrument_id = delivered.underlying_id
),

booked as (
    select
        bbo_5s.bucket_end,
        bbo_5s.instrument_id as underlying_id,
        if(bbo_5s.bid_tick < bbo_5s.ask_tick, bbo_5s.mid, null) as mid
    from market.bbo_5s
    inner join delivered on bbo_5s.instrument_id = delivered.underlying_id
),

known as (
    select
        coalesce(booked.bucket_end, quoted.bucket_end) as bucket_end,
        coalesce(booked.underlying_id, quoted.underlying_id) as underlying_id,
        if(booked.bucket_end is null, quoted.mid, booked.mid) as mid
    from booked
    full join quoted using (bucket_end, underlying_id)
)

select
    bucket_end,
    underlying_id,
    if(mid > 0, mid, null) as forward,
    mid <= 0 as is_at_most_0
from known
