{#---
doc: Every change of the best quote and every trade of the mbp-1 schema that landed, with the quote after it.
grain: [file_id, row_no, date]
as_of: ts_recv  # a row is one record, known when it was received
columns:
  instrument_id:  UINTEGER  | id      | venue instrument number, valid on its date only
  ts_event:       BIGINT    | ns, UTC | when the venue's engine acted
  ts_recv:        BIGINT    | ns, UTC | when the vendor received it; buckets go by this
  action:         VARCHAR   | code    | A add, C cancel, M modify, R clear, T trade, F fill, N none
  side:           VARCHAR   | code    | A ask, B bid, N none; of a trade the aggressor
  price_e9:       BIGINT    | 1e-9 pt | price, null where the vendor has none
  price:          DOUBLE    | points  | price
  size:           UINTEGER  | lots    | size the record states
  flags:          UTINYINT  | bits    | 128 last of event, 32 snapshot, 8 bad ts_recv, 4 maybe bad book
  bid_px_e9:      BIGINT    | 1e-9 pt | best bid, null where there is none
  ask_px_e9:      BIGINT    | 1e-9 pt | best ask, null where there is none
  bid_px:         DOUBLE    | points  | best bid
  ask_px:         DOUBLE    | points  | best ask
  bid_qty:        UINTEGER  | lots    | resting at the best bid
  ask_qty:        UINTEGER  | lots    | resting at the best ask
  n_bid:          UINTEGER  | orders  | resting at the best bid
  n_ask:          UINTEGER  | orders  | resting at the best ask
  sequence:       UINTEGER  | number  | sequence of the venue's message
  date:           DATE      | UTC     | date of ts_recv
  file_id:        VARCHAR   | hex     | source file, first 16 digits of its sha256
  row_no:         UINTEGER  | number  | position in the source file, from 0
---#}
{% import 'macros/vendor.sql' as vendor with context %}
select
    instrument_id,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    action,
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
from raw.mbp_1
