{#---
doc: >
  How orders rest over the ends of buckets of the window: a row for every order, place and size that
  is there at the end of one bucket or more. What comes and goes within a bucket has none.
grain: [seq]
as_of: ts_recv  # but for last_end, which tells when the order changed next
columns:
  seq:        BIGINT    | order   | file order of the record that made it so
  is_bid:     BOOLEAN   | flag    | side
  qty:        BIGINT    | lots    | resting
  first_end:  TIMESTAMP | UTC     | end of the first bucket of the window that ends with it
  last_end:   TIMESTAMP | UTC     | end of the last one
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
select
    seq,
    order_id,
    is_bid,
    tick,
    qty,
    entered_at,
    {{ book.numbered_end('first_no') }} as first_end,
    if(
        last_no is null,
        {{ time.at(window_end_ns) }},
        {{ book.numbered_end('last_no') }}
    ) as last_end
from book.order_rests
-- orders side by side fall into the same cells, whose sums then stay in the cache
order by is_bid, tick, first_end
