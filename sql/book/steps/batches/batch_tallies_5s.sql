{#---
doc: What the replay adds up of all batches of records; book.tallies_5s puts together what batches share.
grain: [bucket_no, is_bid, tick, kind]  # of one batch
as_of: bucket_end
columns:
  bucket_no:    INTEGER  | number  | bucket of the window from 1, 0 for all before
  kind:         UTINYINT | code    | kind of change, see macros/kinds.sql
  is_bid:       BOOLEAN  | flag    | side
  n_unknown:    BIGINT   | changes | by modifies and cancels of ids that do not rest
  orders_delta: BIGINT   | orders  | change of the number of resting orders
---#}
select
    bucket_no,
    is_bid,
    tick,
    kind,
    qty,
    qty_500ms,
    qty_5s,
    qty_60s,
    n_changes,
    n_unknown,
    orders_delta,
    qty_ns
from book.order_tallies
