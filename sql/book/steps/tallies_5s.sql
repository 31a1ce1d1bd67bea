{#---
doc: >
  Book changes added up by bucket, side and price, and what rested there afterwards. The row whose
  bucket ends where the window starts holds everything before: the book as the window opens.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  orders_delta: BIGINT | orders    | change of the number of resting orders
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
with changed as (
    select
        bucket_no,
        is_bid,
        tick,
        {% for flow in book.FLOWS %}
        {{ book.total(flow) }} as {{ flow }},
        {% endfor %}
        {{ book.total('(' ~ kinds.delta() ~ ')') }} as delta,
        {{ book.total('orders_delta') }} as orders_delta,
        sum(delta_ns)::bigint as delta_ns
    from book.batch_tallies_5s
    group by bucket_no, is_bid, tick
),

running as (
    select
        *,
        sum(delta) over place::bigint as depth_end,
        sum(orders_delta) over place::bigint as orders_end
    from changed
    window place as (partition by is_bid, tick order by bucket_no)
)

select
    fronts.session,
    fronts.instrument_id,
    {{ book.numbered_end('running.bucket_no') }} as bucket_end,
    if(running.is_bid, 'bid', 'ask') as side,
    running.tick,
    {% for flow in book.FLOWS %}
    running.{{ flow }},
    {% endfor %}
    running.delta,
    running.orders_delta,
    running.delta_ns,
    running.depth_end,
    running.orders_end
from running
cross join market.fronts
