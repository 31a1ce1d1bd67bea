{#- Rules of the order book that several models share. -#}
{% import 'macros/time.sql' as time with context %}

{#- What happened to lots, then how many times, then what was pulled by the age of its order. -#}
{%- set FLOWS = [
    'add_qty', 'pull_qty', 'fill_qty', 'size_up_qty', 'refill_qty', 'in_up_qty', 'in_down_qty',
    'out_up_qty', 'out_down_qty', 'hidden_fill_qty', 'unknown_fill_qty', 'snapshot_qty',
    'clear_qty', 'unknown_cancel_qty', 'n_add', 'n_pull', 'n_fill', 'n_unknown',
    'pull_500ms_qty', 'pull_5s_qty', 'pull_60s_qty',
] -%}

{#- Which bucket of the window a time in ns falls into, 1 for the first and 0 for all before. All
    buckets start on a multiple of their length after the window's start; the start is moved by a
    bucket before the division, which cuts towards zero. -#}
{% macro bucket_no(ns) -%}
greatest(({{ ns }} - {{ window_start_ns - bucket_ns }}) // {{ bucket_ns }}, 0)::integer
{%- endmacro %}

{#- Exclusive end of a bucket by its number, in ns and as a UTC timestamp. -#}
{% macro numbered_end_ns(number) -%}
({{ window_start_ns }} + {{ number }}::bigint * {{ bucket_ns }})
{%- endmacro %}

{% macro numbered_end(number) -%}
{{ time.at(numbered_end_ns(number)) }}
{%- endmacro %}

{#- Exclusive end of the bucket that a time in ns falls into, UTC; what came before the window ends
    at its start. -#}
{% macro bucket_end(ns) -%}
{{ numbered_end(bucket_no(ns)) }}
{%- endmacro %}

{#- Price in tick sizes; a price off the tick grid stops the build and names both. -#}
{% macro tick(price_e9, tick_e9) -%}
if(
    {{ price_e9 }} % {{ tick_e9 }} = 0,
    {{ price_e9 }} // {{ tick_e9 }},
    error('price ' || {{ price_e9 }} / 1e9 || ' is not a multiple of the tick size ' || {{ tick_e9 }} / 1e9)
)::integer
{%- endmacro %}

{#- The tick that a trade counts at: its own, or the nearest where it is between two, as an average
    price of a spread's leg is; from halfway on the aggressor's side, without one downward. -#}
{% macro trade_tick(trade, tick_e9) -%}
floor(({{ trade }}.price_e9 * 2 + {{ tick_e9 }} - if({{ trade }}.side = 'B', 0, 1))
/ (2 * {{ tick_e9 }}))::integer
{%- endmacro %}

{#- File order over dates as one integer: days since 1970 x 2^32 + row_no. -#}
{% macro seq(records) -%}
({{ records }}.date - date '1970-01-01')::bigint * 4294967296 + {{ records }}.row_no
{%- endmacro %}

{#- Lots or orders added up, as doubles, which are exact below 2^53. BIGINT is added up in 128 bits,
    which takes twice as long, where no statistics show that 64 are enough; after a join none do. -#}
{% macro total(count) -%}
sum({{ count }}::double)::bigint
{%- endmacro %}
