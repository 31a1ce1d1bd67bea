{#---
doc: What was withdrawn in the window, one row for each time, with the age of the order.
grain: [seq]
as_of: ts_recv
materialize: step
columns:
  seq:        BIGINT    | order | file order
  bucket_end: TIMESTAMP | UTC   | exclusive end of the 5 s bucket
  side:       VARCHAR   | text  | bid or ask
  tick:       INTEGER   | ticks | price / tick size
  qty:        BIGINT    | lots  | withdrawn
  age_ns:     BIGINT    | ns    | since the order was entered
---#}
{% import 'macros/book.sql' as book with context %}
select
    seq,
    bucket_end,
    side,
    tick,
    qty,
    age_ns
from book.changes
where kind = 'pull' and bucket_end > {{ book.window_edge(window_start_ns) }}
