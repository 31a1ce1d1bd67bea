{#---
doc: >
  The changes that a session keeps add up to what book.flow_5s says of every bucket, side and price: lots,
  how often they came and went, the age of those that were pulled, and the orders that rest.
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/kinds.sql' as kinds %}
{% macro older(least_ns) -%}
coalesce(sum(qty) filter (where kind = 'pull' and age_ns >= {{ least_ns }}), 0)
{%- endmacro %}
{% set sums = {
    'n_add': "count(*) filter (where kind = 'add')",
    'n_pull': "count(*) filter (where kind = 'pull')",
    'n_fill': "count(*) filter (where kind = 'fill')",
    'n_unknown': 'count(*) filter (where is_unknown)',
    'pull_500ms_qty': older(time.SECOND_NS // 2),
    'pull_5s_qty': older(5 * time.SECOND_NS),
    'pull_60s_qty': older(time.MINUTE_NS),
} %}
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
        {% for name, value in sums.items() -%}
        {{ value }} as {{ name }},
        {% endfor -%}
        sum(delta) as delta,
        sum(orders_delta) as orders_delta
    from book.changes
    group by session, instrument_id, bucket_end, side, tick
),

-- what came before the window's start counts in what rests
rested as (
    select
        *,
        sum(orders_delta) over (partition by side, tick order by bucket_end) as orders_end
    from added_up
),

in_window as (
    select * from rested
    where bucket_end > {{ time.at(window_start_ns) }}
)

select
    coalesce(flow_5s.bucket_end, in_window.bucket_end) as bucket_end,
    coalesce(flow_5s.side, in_window.side) as side,
    coalesce(flow_5s.tick, in_window.tick) as tick,
    flow_5s.depth_end - flow_5s.depth_start as depth_change,
    in_window.delta,
    flow_5s.orders_end,
    in_window.orders_end as orders_added_up
from book.flow_5s
full join in_window using (session, instrument_id, bucket_end, side, tick)
where
    flow_5s.depth_end - flow_5s.depth_start is distinct from in_window.delta
    or flow_5s.orders_end is distinct from in_window.orders_end
    {% for kind in kinds.KINDS -%}
    or flow_5s.{{ kind }}_qty is distinct from in_window.{{ kind }}_qty
    {% endfor -%}
    {% for name in sums -%}
    or flow_5s.{{ name }} is distinct from in_window.{{ name }}
    {% endfor %}
