{#- Lengths of time, in ns and in buckets. -#}

{% set SECOND_NS = 1000000000 %}
{% set MINUTE_NS = 60 * SECOND_NS %}
{% set DAY_NS = 24 * 60 * MINUTE_NS %}
{% set BAR_NS = 2 * MINUTE_NS %}

{#- Buckets in a minute, over which flows are pooled: 5 s alone are mostly noise. -#}
{% set MINUTE = MINUTE_NS // bucket_ns %}

{#- Length of some buckets. -#}
{% macro buckets(n) -%}
to_microseconds({{ n * bucket_ns // 1000 }})
{%- endmacro %}

{#- How many buckets end from a bucket's end on until another, without that one. -#}
{% macro buckets_since(first_end) -%}
(epoch_us(bucket_end) - epoch_us({{ first_end }})) // {{ bucket_ns // 1000 }}
{%- endmacro %}

{#- A moment in ns since 1970 as a UTC timestamp. -#}
{% macro at(ns) -%}
make_timestamp({{ ns }} // 1000)
{%- endmacro %}

{#- End of the window's first bucket. -#}
{% macro first_bucket() -%}
{{ at(window_start_ns + bucket_ns) }}
{%- endmacro %}

{#- The buckets of the window, by their ends. -#}
{% macro window_buckets() -%}
select unnest(generate_series(
    {{ at('(' ~ (window_start_ns + bucket_ns) ~ ')') }},
    {{ at(window_end_ns) }},
    {{ buckets(1) }}
)) as bucket_end
{%- endmacro %}

{#- A value over the last minute in the window named minute, null where it holds less than one. -#}
{% macro pooled(value) -%}
if(count(*) over minute = {{ MINUTE }}, {{ value }}, null)
{%- endmacro %}

{#- Rows of that window. -#}
{% macro last_minute() -%}
rows between {{ MINUTE - 1 }} preceding and current row
{%- endmacro %}
