{#---
doc: Every record of the trades schema that landed.
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
    sequence,
    date,
    file_id,
    row_no
from raw.trades
