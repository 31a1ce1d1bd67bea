{#---
doc: >
  What was added, pulled, filled and moved per bucket, side and price, and what rested there. A row
  for every bucket, side and price of the window where anything changed or traded.
  depth_end - depth_start = snapshot + add + size_up + refill + in_up + in_down
  - pull - fill - out_up - out_down - clear, in lots, in every row.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
select
    tallies_5s.session,
    tallies_5s.instrument_id,
    tallies_5s.bucket_end,
    tallies_5s.side,
    tallies_5s.tick,
    tallies_5s.tick * fronts.tick_e9 / 1e9 as price,
    {% for flow in book.FLOWS %}
    tallies_5s.{{ flow }},
    {% endfor %}
    tallies_5s.depth_end - tallies_5s.delta as depth_start,
    tallies_5s.depth_end,
    (depth_start * {{ bucket_ns }} + tallies_5s.delta_ns) / {{ bucket_ns }} as depth_twa,
    tallies_5s.orders_end
from book.tallies_5s
inner join market.fronts using (session, instrument_id)
where tallies_5s.bucket_end > {{ time.at(window_start_ns) }}
-- asks first, as by the word, which takes half as long again to sort by
order by tallies_5s.bucket_end, tallies_5s.side = 'bid', tallies_5s.tick
