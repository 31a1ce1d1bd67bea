{#---
doc: >
  The changes of book.order_changes added up by bucket, side and price: made by the compiled
  replay of the records below as it writes them, and never whole. A bucket that two batches share
  has rows of both, and a place may have several in one.
grain: [bucket_no, is_bid, tick]  # of few rows
as_of: bucket_end
replay: {gives: tallies, grid: book.grid}
columns:
  bucket_no:    INTEGER  | number  | bucket of the window from 1, 0 for all before
  is_bid:       BOOLEAN  | flag    | side
  orders_delta: BIGINT   | orders  | change of the number of resting orders
---#}
from book.records
