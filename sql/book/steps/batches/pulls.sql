{#---
doc: What was withdrawn in the window, one row for each time, with the age of the order.
grain: [seq]
as_of: ts_recv
columns:
  seq:        BIGINT    | order | file order
  is_bid:     BOOLEAN   | flag  | side
  qty:        BIGINT    | lots  | withdrawn
  age_ns:     BIGINT    | ns    | since the order was entered
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
select
    seq,
    {{ book.numbered_end('bucket_no') }} as bucket_end,
    is_bid,
    tick,
    qty,
    age_ns
from book.order_changes
where kind = {{ kinds.code('pull') }} and bucket_no > 0
