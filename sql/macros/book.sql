{#- Rules of the order book that several models share. -#}

{#- Exclusive end of the bucket that a time in ns falls into, UTC. All buckets start on a multiple
    of their length after the window's start; what came before the window ends at its start. The start is moved by a
    bucket before the division, which cuts towards zero. -#}
{% macro bucket_end(ns) -%}
make_timestamp(
    ({{ window_start_ns }} + greatest(({{ ns }} - {{ window_start_ns - bucket_ns }}) // {{ bucket_ns }}, 0) * {{ bucket_ns }}) // 1000
)
{%- endmacro %}

{#- Price in tick sizes; a price off the tick grid stops the build and names both. -#}
{% macro tick(price_e9, tick_e9) -%}
if(
        {{ price_e9 }} % {{ tick_e9 }} = 0,
        {{ price_e9 }} // {{ tick_e9 }},
        error('price ' || {{ price_e9 }} / 1e9 || ' is not a multiple of the tick size ' || {{ tick_e9 }} / 1e9)
    )::integer
{%- endmacro %}

{#- A moment of the window as a UTC timestamp. -#}
{% macro window_edge(ns) -%}
make_timestamp({{ ns }} // 1000)
{%- endmacro %}

{#- File order over dates as one integer: days since 1970 x 2^32 + row_no. -#}
{% macro seq(records) -%}
({{ records }}.date - date '1970-01-01')::bigint * 4294967296 + {{ records }}.row_no
{%- endmacro %}
