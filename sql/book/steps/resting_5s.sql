{#---
doc: >
  Every order that rests at the end of a bucket of the window. A table inside the build, so that the
  planner knows that it is long.
grain: [bucket_end, order_id]
as_of: bucket_end
columns:
  bucket_end: TIMESTAMP | UTC     | exclusive end of the 5 s bucket
  order_id:   UBIGINT   | id      | order
  is_bid:     BOOLEAN   | flag    | side
  tick:       INTEGER   | ticks   | price / tick size
  qty:        INTEGER   | lots    | resting
  entered_at: BIGINT    | ns, UTC | when the order came to rest
---#}
select
    unnest(
        generate_series(first_end, last_end, to_microseconds({{ bucket_ns // 1000 }}))
    ) as bucket_end,
    order_id,
    is_bid,
    tick,
    qty::integer as qty,
    entered_at
from book.resting_spans
