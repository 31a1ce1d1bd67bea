{#---
doc: >
  How orders rest over the ends of buckets of the window, in small numbers: made by the compiled replay
  of the records below, batch by batch, and never whole.
grain: [seq]
as_of: ts_recv  # but for last_no, which tells when the order changed next
replay: {gives: rests, grid: book.grid}
columns:
  seq:        BIGINT  | order   | file order of the record that made it so
  qty:        BIGINT  | lots    | resting
  first_no:   INTEGER | number  | first bucket of the window that ends with it
  last_no:    INTEGER | number  | last one, null where nothing ends it
  is_bid:     BOOLEAN | flag    | side
---#}
from book.records
