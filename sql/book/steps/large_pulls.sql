{#---
doc: >
  What counts as a large withdrawal, one row: as much at once as nine tenths of the session before
  were at most.
grain: [large_qty]
as_of: window start
lookback: {book.pull_sizes: 1}
columns:
  large_qty: BIGINT | lots | least size of a large one, null without a session before
---#}
select max(p90_qty) as large_qty
from book.pull_sizes
where session < date '{{ session }}'
