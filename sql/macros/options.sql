{#- Rules that several models of options share. -#}

{#- The bucket ends at which a quote of options.quotes_5s is the last known, one row each, from a
    moment on and up to another one. -#}
{% macro lasting(quotes, since, until) -%}
unnest(generate_series(
    greatest({{ quotes }}.quoted_at, {{ since }}),
    least(
        {{ quotes }}.next_at - to_microseconds({{ bucket_ns // 1000 }}),
        make_timestamp({{ window_end_ns }} // 1000),
        {{ until }}
    ),
    to_microseconds({{ bucket_ns // 1000 }})
))
{%- endmacro %}

{#- End of the window's first bucket. -#}
{% macro first_bucket() -%}
make_timestamp({{ window_start_ns + bucket_ns }} // 1000)
{%- endmacro %}

{#- Years of 365 days to an expiry, at least a minute. -#}
{% macro years(expiry, at) -%}
greatest(epoch_us({{ expiry }}) - epoch_us({{ at }}), 60e6) / (365 * 86400e6)
{%- endmacro %}

{#- Value now of a dollar at an expiry. -#}
{% macro discount(expiry, at) -%}
exp(-{{ interest_rate }} * {{ years(expiry, at) }})
{%- endmacro %}
