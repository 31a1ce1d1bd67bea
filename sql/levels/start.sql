{#---
doc: The last trade of the session's contract before its window starts.
grain: [price]
as_of: window start
materialize: step
columns:
  price: DOUBLE | points | traded
---#}
select arg_max(prints.price, (prints.ts_recv, prints.row_no)) as price
from market.prints
inner join market.fronts using (instrument_id)
where prints.ts_recv < {{ window_start_ns }}
having count(*) > 0
