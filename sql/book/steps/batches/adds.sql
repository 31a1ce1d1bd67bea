{#---
doc: The orders that were added in the window.
grain: [seq]
as_of: ts_recv
columns:
  seq:        BIGINT    | order   | file order
  ts_recv:    BIGINT    | ns, UTC | when the vendor received it; where that steps back, the latest before
  is_bid:     BOOLEAN   | flag    | side
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
select
    seq,
    {{ book.numbered_end('bucket_no') }} as bucket_end,
    ts_recv,
    is_bid,
    tick,
    qty
from book.order_changes
where kind = {{ kinds.code('add') }} and bucket_no > 0
