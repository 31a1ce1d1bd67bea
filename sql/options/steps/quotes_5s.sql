{#---
doc: >
  The last quote that came in each bucket, of every option and every future that one delivers, from
  the mbp-1 and bbo records that landed. A bucket without a new quote has no row. Quotes of before
  the overnight open are of another session, though records of its date may have landed.
grain: [instrument_id, quoted_at]
as_of: quoted_at
columns:
  quoted_at: TIMESTAMP | UTC | exclusive end of the bucket; the window's start for what came before
  next_at:   TIMESTAMP | UTC | the same of the quote that comes after, null where none does
---#}
{% import 'macros/book.sql' as book with context %}
{% set quote = '{quote_ts: ts_recv, bid: bid_px, ask: ask_px, bid_qty: bid_qty, '
    ~ 'ask_qty: ask_qty}' %}
with wanted as (
    select
        instrument_id,
        greatest(coalesce(epoch_ns(listed_at), 0), {{ overnight_open_ns }}) as since_ns
    from options.contracts
    union all
    select distinct
        underlying_id as instrument_id,
        {{ overnight_open_ns }} as since_ns
    from options.contracts
),

changes as (
    select
        mbp_1.*,
        {{ book.bucket_end('mbp_1.ts_recv') }} as quoted_at
    from staging.mbp_1
    inner join wanted using (instrument_id)
    where mbp_1.ts_recv >= wanted.since_ns and mbp_1.ts_recv < {{ options_end_ns }}
),

samples as (
    select
        bbo.*,
        {{ book.bucket_end('bbo.ts_recv') }} as quoted_at
    from staging.bbo
    inner join wanted using (instrument_id)
    where bbo.ts_recv >= wanted.since_ns and bbo.ts_recv < {{ options_end_ns }}
),

changed as (
    select
        instrument_id,
        quoted_at,
        -- the last one in the file is the one that stands
        arg_max({{ quote }}, (date, row_no)) as quote
    from changes
    group by instrument_id, quoted_at
),

sampled as (
    select
        instrument_id,
        quoted_at,
        -- files of samples of two lengths may overlap: the sample that ends last, and of two that
        -- end at once the one that stands later in the longer file
        arg_max({{ quote }}, (ts_recv, row_no, file_id)) as quote
    from samples
    group by instrument_id, quoted_at
),

quotes as (
    select
        instrument_id,
        quoted_at,
        -- of a change and a sample the later; at one time the change, which the sample repeats
        if(
            sampled.quote is null or changed.quote.quote_ts >= sampled.quote.quote_ts,
            changed.quote,
            sampled.quote
        ) as quote
    from changed
    full join sampled using (instrument_id, quoted_at)
)

select
    quotes.instrument_id,
    quotes.quoted_at,
    quotes.quote.quote_ts,
    quotes.quote.bid,
    quotes.quote.ask,
    quotes.quote.bid_qty,
    quotes.quote.ask_qty,
    lead(quotes.quoted_at) over (
        partition by quotes.instrument_id
        order by quotes.quoted_at
    ) as next_at
from quotes
