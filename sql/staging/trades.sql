{#---
doc: Every record of the trades schema that landed.
grain: [file_id, row_no, date]
as_of: ts_recv  # a row is one record, known when it was received
columns:
  instrument_id:  UINTEGER  | id      | venue instrument number, valid on its date only
  ts_event:       BIGINT    | ns, UTC | when the venue's engine acted
  ts_recv:        BIGINT    | ns, UTC | when the vendor received it; buckets go by this
  side:           VARCHAR   | code    | A ask, B bid, N none; of a trade the aggressor
  price_e9:       BIGINT    | 1e-9 pt | price, null where the vendor has none
  price:          DOUBLE    | points  | price
  size:           UINTEGER  | lots    | traded
  flags:          UTINYINT  | bits    | 128 last of event, 32 snapshot, 8 bad ts_recv, 4 maybe bad book
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
    side,
    {{ vendor.px('price') }} as price_e9,
    {{ vendor.points('price') }} as price,
    size,
    flags,
    sequence,
    date,
    file_id,
    row_no
from raw.trades
