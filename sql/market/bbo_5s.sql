{#---
doc: >
  The best quote of the session's contract at the end of every bucket of the window: from the book
  where orders landed, else from the last mbp-1 record before. No row before the first quote.
grain: [session, instrument_id, bucket_end]
as_of: bucket_end
columns:
  bid_tick:   INTEGER | ticks  | best bid / tick size, null where no bid rests
  ask_tick:   INTEGER | ticks  | best ask / tick size, null where no ask rests
  bid_qty:    BIGINT  | lots   | resting at the best bid
  ask_qty:    BIGINT  | lots   | resting at the best ask
  n_bid:      BIGINT  | orders | resting at the best bid
  n_ask:      BIGINT  | orders | resting at the best ask
  mid:        DOUBLE  | points | middle of bid and ask
  microprice: DOUBLE  | points | bid and ask weighted by the other side's lots
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
with from_book as (
    select
        instrument_id,
        bucket_end,
        max(tick) filter (where side = 'bid') as bid_tick,
        min(tick) filter (where side = 'ask') as ask_tick,
        arg_max(depth_qty, tick) filter (where side = 'bid') as bid_qty,
        arg_min(depth_qty, tick) filter (where side = 'ask') as ask_qty,
        arg_max(n_orders, tick) filter (where side = 'bid') as n_bid,
        arg_min(n_orders, tick) filter (where side = 'ask') as n_ask
    from book.depth_5s
    group by instrument_id, bucket_end
),

quotes as (
    select
        mbp_1.*,
        {{ book.tick('mbp_1.bid_px_e9', 'fronts.tick_e9') }} as bid_tick,
        {{ book.tick('mbp_1.ask_px_e9', 'fronts.tick_e9') }} as ask_tick
    from staging.mbp_1
    inner join market.fronts using (instrument_id)
    where mbp_1.ts_recv < {{ window_end_ns }} and not exists (from from_book)
),

last_quotes as (
    select
        instrument_id,
        {{ book.bucket_end('ts_recv') }} as quoted_at,
        -- the last record in the file is the one that stands
        arg_max(
            {
                bid_tick: bid_tick,
                ask_tick: ask_tick,
                bid_qty: bid_qty,
                ask_qty: ask_qty,
                n_bid: n_bid,
                n_ask: n_ask
            },
            (date, row_no)
        ) as quote
    from quotes
    group by instrument_id, quoted_at
),

buckets as (
    {{ time.window_buckets() }}
),

from_quotes as (
    select
        last_quotes.instrument_id,
        buckets.bucket_end,
        last_quotes.quote
    from buckets
    asof inner join last_quotes on buckets.bucket_end >= last_quotes.quoted_at
),

best as (
    select
        instrument_id,
        bucket_end,
        bid_tick,
        ask_tick,
        bid_qty,
        ask_qty,
        n_bid,
        n_ask
    from from_book
    union all
    select
        instrument_id,
        bucket_end,
        quote.bid_tick,
        quote.ask_tick,
        quote.bid_qty::bigint,
        quote.ask_qty::bigint,
        quote.n_bid::bigint,
        quote.n_ask::bigint
    from from_quotes
)

select
    date '{{ session }}' as session,
    best.instrument_id,
    best.bucket_end,
    best.bid_tick,
    best.ask_tick,
    best.bid_qty,
    best.ask_qty,
    best.n_bid,
    best.n_ask,
    (best.bid_tick + best.ask_tick) * fronts.tick_e9 / 2e9 as mid,
    (best.bid_tick * best.ask_qty + best.ask_tick * best.bid_qty)
    / (best.bid_qty + best.ask_qty) * fronts.tick_e9 / 1e9 as microprice
from best
inner join market.fronts using (instrument_id)
order by best.bucket_end
