{#---
doc: What was withdrawn in the window, one row for each time, with the age of the order.
grain: [seq]
as_of: ts_recv
columns:
  seq:        BIGINT    | order | file order
  bucket_end: TIMESTAMP | UTC   | exclusive end of the 5 s bucket
  is_bid:     BOOLEAN   | flag  | side
  tick:       INTEGER   | ticks | price / tick size
  qty:        BIGINT    | lots  | withdrawn
  age_ns:     BIGINT    | ns    | since the order was entered
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
select
    seq,
    {{ book.bucket_end('ts_recv') }} as bucket_end,
    is_bid,
    tick,
    qty,
    age_ns
from book.coded_changes
where kind = {{ kinds.code('pull') }} and ts_recv >= {{ window_start_ns }}
