{#---
doc: >
  The trades and fills among the market-by-order records, of every instrument: what prints and the
  book's fills are taken from, so that a session reads the day once for both.
grain: [file_id, row_no, date]
as_of: ts_recv
columns:
  order_id: UBIGINT | id   | order, 0 where none is named
  action:   VARCHAR | code | T trade, F fill of a resting order
  side:     VARCHAR | code | B bid, A ask, N none; of a trade the aggressor
---#}
select
    instrument_id,
    ts_event,
    ts_recv,
    order_id,
    action,
    side,
    price_e9,
    price,
    size,
    date,
    file_id,
    row_no
from staging.mbo
where
    -- inequalities, which DuckDB checks five times faster than a list of what is wanted
    action <> 'A' and action <> 'C' and action <> 'M' and action <> 'R' and action <> 'N'
    and ts_recv < {{ window_end_ns }}
