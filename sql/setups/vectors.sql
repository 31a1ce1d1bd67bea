{#---
doc: >
  A setup as 56 numbers, the same for a market and its mirror image: travel is up. Each is a ratio
  of sums over a piece of the two minutes before the decision, null where it is not defined; what
  they are is in setups.vector_columns. Nothing is scaled here, so that a session never has to be
  built again for what came before it.
grain: [session, cluster_id, touched_at, wait_s]
as_of: decided_at
searched: true  # through all sessions at once
columns:
  v:    FLOAT[] | ratios | 56 numbers
  mask: UBIGINT | bits   | bit n - 1 is set where number n is there
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set sums = [
    'add_qty', 'pull_qty', 'depth_twa_ns', 'depth_start', 'depth_end', 'moment_start', 'moment_end',
] %}
{% set keys = 'session, instrument_id, cluster_id, touched_at, wait_s' %}
-- near and far of a side together, of each what could rest
with sums as (
    select
        {% for name in sums %}
        sum({{ name }})::bigint as {{ name }},
        {% endfor %}
        {{ keys }},
        segment,
        replace(replace(place, '_near', ''), '_far', '') as place
    from setups.segments
    where place <> 'front_at'
    group by all
),

sides as (
    select
        *,
        depth_twa_ns / {{ bucket_ns }} as depth_twa
    from sums
),

-- what backs the travel against what stands in its way
touch as (
    select
        {% for name in sums %}
        fronts.{{ name }} as other_{{ name }},
        {% endfor %}
        backs.*
    from sides as backs
    inner join sides as fronts using ({{ keys }}, segment)
    where backs.place = 'touch_back' and fronts.place = 'touch_front'
),

numbers as (
    {% for column in registry.setup %}
    select
        {{ keys }},
        segment * {{ registry.setup | length }} + {{ loop.index }} as dim,
        {{ column.formula }} as number
    from {{ column.source }}
    {% if column.source == 'sides' %}
    where place = '{{ column.place }}'
    {% endif %}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)

select
    {{ keys }},
    list(number::float order by dim) as v,
    bit_or(if(number is null, 0, 1::ubigint << (dim - 1)::ubigint)) as mask
from numbers
group by {{ keys }}
order by touched_at, cluster_id, wait_s
