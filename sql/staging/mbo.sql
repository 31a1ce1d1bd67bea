{#---
doc: Every market-by-order record that landed, in vendor terms; missing prices and times are null.
grain: [file_id, row_no, date]
as_of: ts_recv  # a row is one record, known when it was received
columns:
  order_id:    UBIGINT  | id     | order, 0 where none is named
  action:      VARCHAR  | code   | A add, C cancel, M modify, R clear, T trade, F fill, N none
  side:        VARCHAR  | code   | A ask, B bid, N none; of a trade the aggressor
  size:        UINTEGER | lots   | size the record states
  channel_id:  UTINYINT | id     | venue's channel
  ts_in_delta: INTEGER  | ns     | venue send time to ts_recv
---#}
{% import 'macros/vendor.sql' as vendor with context %}
select
    instrument_id,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    order_id,
    action,
    side,
    {{ vendor.px('price') }} as price_e9,
    {{ vendor.points('price') }} as price,
    size,
    flags,
    channel_id,
    ts_in_delta,
    sequence,
    date,
    file_id,
    row_no
from raw.mbo
