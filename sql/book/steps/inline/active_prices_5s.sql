{#---
doc: >
  Every side and price that held size or saw anything happen in a bucket: the rows of book.flow_5s,
  and those of book.depth_5s where nothing changed.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  depth_ns: BIGINT | lots x ns | what rested, added up over time
---#}
{% set flows = [
    'add_qty', 'pull_qty', 'fill_qty', 'size_up_qty', 'refill_qty', 'in_up_qty', 'in_down_qty',
    'out_up_qty', 'out_down_qty', 'hidden_fill_qty', 'unknown_fill_qty', 'snapshot_qty',
    'clear_qty', 'unknown_cancel_qty', 'n_add', 'n_pull', 'n_fill', 'n_unknown',
    'pull_500ms_qty', 'pull_5s_qty', 'pull_60s_qty',
] %}
with unchanged as (
    select depth_5s.*
    from book.depth_5s
    anti join book.flow_5s using (bucket_end, side, tick)
)

select
    session,
    instrument_id,
    bucket_end,
    side,
    tick,
    {% for flow in flows %}
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
    {% for flow in flows %}
    0 as {{ flow }},
    {% endfor %}
    depth_qty as depth_start,
    depth_qty as depth_end,
    depth_qty * {{ bucket_ns }} as depth_ns,
    n_orders as orders_end
from unchanged
