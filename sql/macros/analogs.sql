{#- Rules of the search for similar setups and of the forecasts made of them. -#}

{#- Vectors in one unit: each number less the median of earlier sessions over their spread, cut off
    at 5, times the root of its part in the distance, so that the plain distance of two of them is
    the weighted one. What is not there is as usual, 0. -#}
{% macro scaled(vectors) -%}
{%- set blocks = registry.setup | map(attribute='block') | list %}
norms as (
    select
        wait_s,
        list(centre order by dim) as centres,
        list(scale order by dim) as scales
    from analogs.norms
    group by wait_s
),

scaled as (
    select
        vectors.session,
        vectors.cluster_id,
        vectors.touched_at,
        vectors.wait_s,
        [
            {%- for segment in range(4) %}
            {%- set outer = loop %}
            {%- for column in registry.setup %}
            {%- set dim = segment * blocks | length + loop.index %}
            {{ _z(dim) }} * {{ _root(column.block, 4 * blocks | select('eq', column.block) | list | length) }}
            {{- ',' if not (loop.last and outer.last) }}
            {%- endfor %}
            {%- endfor %}
        ]::double[{{ 4 * blocks | length }}] as z
    from {{ vectors }} as vectors
    inner join norms using (wait_s)
)
{%- endmacro %}

{#- One scaled number. Least and greatest pass nulls over, so these are told apart first. -#}
{% macro _z(dim) -%}
if(
    v[{{ dim }}] is null or scales[{{ dim }}] is null,
    0,
    greatest(-5, least(5, (v[{{ dim }}]::double - centres[{{ dim }}]) / scales[{{ dim }}]))
)
{%- endmacro %}

{#- Root of a number's part in the distance: its block's weight over the block's size. -#}
{% macro _root(block, size) -%}
{{ (analog_blocks[block] / size) ** 0.5 }}
{%- endmacro %}
