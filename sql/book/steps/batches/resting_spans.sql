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
  last_end:   TIMESTAMP | UTC     | end of the last one; null where the order rests on
---#}
{% import 'macros/book.sql' as book with context %}
select
    seq,
    order_id,
    is_bid,
    tick,
    qty,
    entered_at,
    {{ book.numbered_end('first_no') }} as first_end,
    -- not the end of what has landed: more may land, and what was made of the book so far stays
    {{ book.numbered_end('last_no') }} as last_end
from book.order_rests
-- orders side by side fall into the same cells, whose sums then stay in the cache
order by is_bid, tick, first_end
