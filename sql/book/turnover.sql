{#---
doc: >
  What was added and pulled in the window, and what was filled until its end, one row for each time
  and order. A table inside the build, since several features read it and each reading of
  book.changes is a pass over the day.
grain: [seq, kind]
as_of: ts_recv
materialize: step
columns:
  seq:          BIGINT    | order   | file order
  bucket_end:   TIMESTAMP | UTC     | exclusive end of the 5 s bucket; of all before the window its start
  ts_recv:      BIGINT    | ns, UTC | when the vendor received it
  order_id:     UBIGINT   | id      | order
  kind:         VARCHAR   | text    | add, pull or fill
  side:         VARCHAR   | text    | bid or ask
  tick:         INTEGER   | ticks   | price / tick size
  qty:          BIGINT    | lots    | how much
  orders_delta: INTEGER   | orders  | -1 where the order went with it
  age_ns:       BIGINT    | ns      | since the order was entered
---#}
{% import 'macros/book.sql' as book with context %}
select
    seq,
    bucket_end,
    ts_recv,
    order_id,
    kind,
    side,
    tick,
    qty,
    orders_delta,
    age_ns
from book.changes
where
    kind = 'fill'
    or (kind = 'add' or kind = 'pull') and bucket_end > {{ book.window_edge(window_start_ns) }}
