{#---
doc: Every side and price that held size or changed in a bucket, the unchanged from book.depth_5s.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
---#}
{% import 'macros/book.sql' as book with context %}
select
    session,
    instrument_id,
    bucket_end,
    side,
    tick,
    {% for flow in book.FLOWS %}
    {{ flow }},
    {% endfor %}
    depth_start,
    depth_end,
    -- sums of integers do not depend on their order
    round(depth_twa * {{ bucket_ns }})::bigint as depth_ns,
    orders_end
from book.flow_5s
union all
select
    session,
    instrument_id,
    bucket_end,
    side,
    tick,
    {% for flow in book.FLOWS %}
    0 as {{ flow }},
    {% endfor %}
    depth_qty as depth_start,
    depth_qty as depth_end,
    depth_qty * {{ bucket_ns }} as depth_ns,
    n_orders as orders_end
from book.depth_5s
where not is_changed
