{#---
doc: >
  Every trade of an option from the overnight open to the end of the window, with the side that
  crossed the spread, once its definition has come. A trade without a side is one of the side of the
  best quote's middle that it printed on; where it printed on the middle, or no quote came with it, it
  stays without. Trades of spreads are trades of other instruments and not here.
grain: [date, file_id, row_no]
as_of: ts_recv
columns:
  bucket_end:    TIMESTAMP | UTC       | exclusive end of the 5 s bucket; what came before the window has the window's start
  instrument_id: UINTEGER  | id        | venue instrument number of the option
  way:           TINYINT   | -1..1     | 1 a buyer crossed, -1 a seller, 0 neither is known to have
  price:         DOUBLE    | points    | premium
  size:          BIGINT    | contracts | traded
---#}
{% import 'macros/book.sql' as book with context %}
with printed as (
    select
        prints.*,
        contracts.expiry,
        contracts.strike,
        contracts.cp,
        contracts.multiplier
    from market.prints
    inner join options.contracts using (session, instrument_id)
    -- what it is was not known before
    where contracts.known_at <= {{ book.bucket_end('prints.ts_recv') }}
),

quoted as (
    select
        instrument_id,
        ts_recv,
        price_e9,
        -- trades received at once meet the quote that stood before the first of them
        arg_min(bid_px_e9 + ask_px_e9, row_no) as twice_mid_e9
    from staging.tbbo
    -- a crossed quote has no middle to be above or below of
    where side = 'N' and bid_px_e9 < ask_px_e9 and ts_recv < {{ window_end_ns }}
    group by instrument_id, ts_recv, price_e9
)

select
    {{ book.bucket_end('printed.ts_recv') }} as bucket_end,
    printed.instrument_id,
    printed.expiry,
    printed.strike,
    printed.cp,
    printed.multiplier,
    case
        when printed.side = 'B' then 1
        when printed.side = 'A' then -1
        else coalesce(sign(2 * printed.price_e9 - quoted.twice_mid_e9), 0)
    end::tinyint as way,
    printed.price,
    printed.size::bigint as size,
    printed.date,
    printed.file_id,
    printed.row_no
from printed
left join quoted
    on
        -- of trades with a side too, whose quote counts for nothing: a condition on one side alone
        -- has every row compared with every other
        printed.instrument_id = quoted.instrument_id
        and printed.ts_recv = quoted.ts_recv
        and printed.price_e9 = quoted.price_e9
