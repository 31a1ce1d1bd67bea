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
with running as (
    select
        *,
        sum(delta) over place::bigint as depth_end,
        sum(orders_delta) over place::bigint as orders_end
    from book.tallies_5s
    window place as (partition by side, tick order by bucket_end)
)

select
    running.session,
    running.instrument_id,
    running.bucket_end,
    running.side,
    running.tick,
    running.tick * fronts.tick_e9 / 1e9 as price,
    {% for flow in book.FLOWS %}
    running.{{ flow }},
    {% endfor %}
    running.depth_end - running.delta as depth_start,
    running.depth_end,
    (depth_start * {{ bucket_ns }} + running.delta_ns) / {{ bucket_ns }} as depth_twa,
    running.orders_end
from running
inner join market.fronts using (session, instrument_id)
where running.bucket_end > {{ time.at(window_start_ns) }}
order by running.bucket_end, running.side, running.tick
