{#---
doc: >
  What the session's contract and every future that options deliver is worth at the end of every
  bucket: the middle of its own quote, null where its sides are not both there and apart, and where
  that is not above 0, for which Black's model has no value. No row before its first quote.
grain: [bucket_end, underlying_id]
as_of: bucket_end
columns:
  mid:     DOUBLE | points | middle of bid and ask, from the book where market.bbo_5s has one
  forward: DOUBLE | points | the same where it is above 0
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
with quoted as (
    select
        {{ options.lasting('quotes_5s', time.first_bucket(), 'null') }} as bucket_end,
        quotes_5s.instrument_id as underlying_id,
        if(quotes_5s.bid < quotes_5s.ask, (quotes_5s.bid + quotes_5s.ask) / 2, null) as quoted_mid
    from options.quotes_5s
    semi join options.contracts on quotes_5s.instrument_id = contracts.underlying_id
),

booked as (
    select
        bbo_5s.bucket_end,
        bbo_5s.instrument_id as underlying_id,
        if(bbo_5s.bid_tick < bbo_5s.ask_tick, bbo_5s.mid, null) as booked_mid
    from market.bbo_5s
)

select
    bucket_end,
    underlying_id,
    if(booked.bucket_end is null, quoted.quoted_mid, booked.booked_mid) as mid,
    if(mid > 0, mid, null) as forward
from booked
full join quoted using (bucket_end, underlying_id)
