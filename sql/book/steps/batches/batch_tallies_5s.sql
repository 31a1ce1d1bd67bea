{#---
doc: What the replay adds up of all batches of records; book.tallies_5s puts together what batches share.
grain: [bucket_no, is_bid, tick]  # of one batch
as_of: bucket_end
columns:
  bucket_no:    INTEGER  | number  | bucket of the window from 1, 0 for all before
  is_bid:       BOOLEAN  | flag    | side
  orders_delta: BIGINT   | orders  | change of the number of resting orders
---#}
{% import 'macros/book.sql' as book with context %}
select
    bucket_no,
    is_bid,
    tick,
    {% for flow in book.FLOWS %}
    {{ flow }},
    {% endfor %}
    orders_delta,
    delta_ns
from book.order_tallies
