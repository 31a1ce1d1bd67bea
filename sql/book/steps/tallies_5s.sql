{#---
doc: >
  Book changes added up by bucket, side and price. The row whose bucket ends where the window starts
  holds everything before: the book as the window opens.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  orders_delta: BIGINT | orders    | change of the number of resting orders
  delta_ns:     BIGINT | lots x ns | each change of size times what was left of its bucket
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
{% set place = 'bucket_no, is_bid, tick' %}
{% set ages = {'500ms': 500000000, '5s': 5000000000, '60s': 60000000000} %}

{#- Changes with their bucket and what is left of it, ns. What came before the window counts as a
    whole bucket: no sum of it can overflow. -#}
{% macro placed(changes) %}
select
        *,
        {{ book.bucket_no('ts_recv') }} as bucket_no,
        least({{ book.numbered_end_ns('bucket_no') }} - ts_recv, {{ bucket_ns }}) as left_ns
    from {{ changes }}
{% endmacro %}

-- adds and pulls are most of the day and need few sums
with adds as not materialized (
    {{ placed('book.plain_adds') }}
),

added as (
    select
        {{ place }},
        sum(qty)::bigint as add_qty,
        count(*) as n_add,
        add_qty as delta,
        n_add as orders_delta,
        sum(qty * left_ns)::bigint as delta_ns
    from adds
    group by {{ place }}
),

pulls as not materialized (
    {{ placed('book.plain_pulls') }}
),

pulled as (
    select
        {{ place }},
        sum(qty)::bigint as pull_qty,
        count(*) as n_pull,
        {% for age, ns in ages.items() %}
        sum(qty) filter (where age_ns >= {{ ns }})::bigint as pull_{{ age }}_qty,
        {% endfor %}
        -pull_qty as delta,
        sum(orders_delta)::bigint as orders_delta,
        -sum(qty * left_ns)::bigint as delta_ns
    from pulls
    group by {{ place }}
),

others as not materialized (
    {{ placed('book.compound_changes') }}
),

-- by kind first, each a row, then all kinds of a place in one: a sum per kind and change costs more
by_kind as (
    select
        {{ place }},
        kind,
        (
            (age_ns >= {{ ages['500ms'] }})::utinyint
            + (age_ns >= {{ ages['5s'] }})::utinyint
            + (age_ns >= {{ ages['60s'] }})::utinyint
        ) as age,
        is_unknown,
        sum(qty)::bigint as qty,
        count(*) as n_changes,
        sum(orders_delta)::bigint as orders_delta,
        sum(qty * left_ns)::bigint as qty_ns
    from others
    group by {{ place }}, kind, age, is_unknown
),

changed as (
    select
        {{ place }},
        {% for kind in kinds.KINDS %}
        sum(qty) filter (where kind = {{ kinds.code(kind) }})::bigint as {{ kind }}_qty,
        {% endfor %}
        {% for kind in ['add', 'pull', 'fill'] %}
        sum(n_changes) filter (where kind = {{ kinds.code(kind) }})::bigint as n_{{ kind }},
        {% endfor %}
        sum(n_changes) filter (where is_unknown)::bigint as n_unknown,
        {% for age in ages %}
        sum(qty) filter (
            where kind = {{ kinds.code('pull') }} and age >= {{ loop.index }}
        )::bigint as pull_{{ age }}_qty,
        {% endfor %}
        sum({{ kinds.sign('kind') }} * qty)::bigint as delta,
        sum(orders_delta)::bigint as orders_delta,
        sum({{ kinds.sign('kind') }} * qty_ns)::bigint as delta_ns
    from by_kind
    group by {{ place }}
)

select
    fronts.session,
    fronts.instrument_id,
    {{ book.numbered_end('bucket_no') }} as bucket_end,
    if(is_bid, 'bid', 'ask') as side,
    tick,
    {% for kind in kinds.KINDS if kind not in ('add', 'pull') %}
    coalesce(changed.{{ kind }}_qty, 0) as {{ kind }}_qty,
    {% endfor %}
    {% for name in ('add_qty', 'n_add') %}
    coalesce(added.{{ name }}, 0) + coalesce(changed.{{ name }}, 0) as {{ name }},
    {% endfor %}
    {% for name in ('pull_qty', 'n_pull', 'pull_500ms_qty', 'pull_5s_qty', 'pull_60s_qty') %}
    coalesce(pulled.{{ name }}, 0) + coalesce(changed.{{ name }}, 0) as {{ name }},
    {% endfor %}
    coalesce(changed.n_fill, 0) as n_fill,
    coalesce(changed.n_unknown, 0) as n_unknown,
    coalesce(added.delta, 0) + coalesce(pulled.delta, 0) + coalesce(changed.delta, 0) as delta,
    coalesce(added.orders_delta, 0) + coalesce(pulled.orders_delta, 0)
    + coalesce(changed.orders_delta, 0) as orders_delta,
    coalesce(added.delta_ns, 0) + coalesce(pulled.delta_ns, 0)
    + coalesce(changed.delta_ns, 0) as delta_ns
from added
full join pulled using ({{ place }})
full join changed using ({{ place }})
cross join market.fronts
