{#---
doc: The changes that a session keeps add up to what book.flow_5s says of every bucket, side and price.
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/kinds.sql' as kinds %}
with added_up as (
    select
        session,
        instrument_id,
        bucket_end,
        side,
        tick,
        {% for kind in kinds.KINDS -%}
        coalesce(sum(qty) filter (where kind = '{{ kind }}'), 0) as {{ kind }}_qty,
        {% endfor -%}
        sum(delta) as delta,
        sum(orders_delta) as orders_delta
    from book.changes
    where bucket_end > {{ time.at(window_start_ns) }}
    group by session, instrument_id, bucket_end, side, tick
)

select
    coalesce(flow_5s.bucket_end, added_up.bucket_end) as bucket_end,
    coalesce(flow_5s.side, added_up.side) as side,
    coalesce(flow_5s.tick, added_up.tick) as tick,
    flow_5s.depth_end - flow_5s.depth_start as depth_change,
    added_up.delta
from book.flow_5s
full join added_up using (session, instrument_id, bucket_end, side, tick)
where
    flow_5s.depth_end - flow_5s.depth_start is distinct from added_up.delta
    {% for kind in kinds.KINDS -%}
    or flow_5s.{{ kind }}_qty is distinct from added_up.{{ kind }}_qty
    {% endfor %}
