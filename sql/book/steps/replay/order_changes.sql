{#---
doc: >
  Every change of the book of the session's contract, as book.changes tells it, in small numbers: made
  by the compiled replay of the records below, batch by batch, and never whole.
grain: [seq, order_id, kind, is_bid, tick]
as_of: event end  # a fill may follow the record that it explains
replay: {gives: changes, grid: book.grid}
columns:
  seq:          BIGINT   | order   | file order
  ts_recv:      BIGINT   | ns, UTC | when the vendor received it; where that steps back, the latest before
  bucket_no:    INTEGER  | number  | bucket of the window from 1, 0 for all before
  kind:         UTINYINT | code    | kind of change, see macros/kinds.sql
  orders_delta: TINYINT  | orders  | change of the number of orders resting there
  is_bid:       BOOLEAN  | flag    | side
---#}
from book.records
