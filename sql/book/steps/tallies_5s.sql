{#---
doc: >
  Book changes added up by bucket, side and price, and what rested there afterwards. The row whose
  bucket ends where the window starts holds everything before: the book as the window opens.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  orders_delta: BIGINT | orders    | change of the number of resting orders
  delta_ns:     BIGINT | lots x ns | each change of size times what was left of its bucket
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
{% set ages = ['500ms', '5s', '60s'] %}
with changed as (
    select
        bucket_no,
        is_bid,
        tick,
        {% for kind in kinds.KINDS %}
        {{ book.total(kinds.only(kind, 'qty')) }} as {{ kind }}_qty,
        {% endfor %}
        {% for kind in ['add', 'pull', 'fill'] %}
        {{ book.total(kinds.only(kind, 'n_changes')) }} as n_{{ kind }},
        {% endfor %}
        {{ book.total('n_unknown') }} as n_unknown,
        {% for age in ages %}
        {{ book.total(kinds.only('pull', 'qty_' ~ age)) }} as pull_{{ age }}_qty,
        {% endfor %}
        {{ book.total('(' ~ kinds.sign('kind') ~ ' * qty)') }} as delta,
        {{ book.total('orders_delta') }} as orders_delta,
        sum({{ kinds.sign('kind') }} * qty_ns)::bigint as delta_ns
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
