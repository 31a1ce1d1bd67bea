{#---
doc: Every trade of the tbbo schema that landed, with the best quote just before it.
grain: [file_id, row_no, date]
as_of: ts_recv  # a row is one record, known when it was received
columns:
  side: VARCHAR | code | A ask, B bid, N none; of a trade the aggressor
---#}
{% import 'macros/vendor.sql' as vendor with context %}
select
    instrument_id,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    side,
    {{ vendor.px('price') }} as price_e9,
    {{ vendor.points('price') }} as price,
    size,
    flags,
    {{ vendor.px('bid_px_00') }} as bid_px_e9,
    {{ vendor.px('ask_px_00') }} as ask_px_e9,
    {{ vendor.points('bid_px_00') }} as bid_px,
    {{ vendor.points('ask_px_00') }} as ask_px,
    bid_sz_00 as bid_qty,
    ask_sz_00 as ask_qty,
    bid_ct_00 as n_bid,
    ask_ct_00 as n_ask,
    sequence,
    date,
    file_id,
    row_no
from raw.tbbo
