{#---
doc: What traded of the orders of the session's contract that rest, one row for each decrease.
grain: [seq]
as_of: event end  # a fill may follow the record that it explains
columns:
  seq:          BIGINT  | order   | file order
  ts_recv:      BIGINT  | ns, UTC | when the vendor received it; where that steps back, the latest before
  is_bid:       BOOLEAN | flag    | side
  qty:          BIGINT  | lots    | filled
  orders_delta: TINYINT | orders  | -1 where the order leaves with it, else 0
---#}
{% import 'macros/kinds.sql' as kinds %}
select
    seq,
    order_id,
    ts_recv,
    is_bid,
    tick,
    qty,
    orders_delta
from book.order_changes
where kind = {{ kinds.code('fill') }}
