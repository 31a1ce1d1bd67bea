{#- Rules that several models of options share. -#}
{% import 'macros/time.sql' as time with context %}

{#- The bucket ends at which a quote of options.quotes_5s is the last known, one row each, from a
    moment on and up to another one; of a slice of buckets, while one is made. -#}
{% macro lasting(quotes, since, until) -%}
unnest(generate_series(
    greatest({{ quotes }}.quoted_at, {{ since }}, getvariable('slice_first')),
    least(
        {{ quotes }}.next_at - {{ time.buckets(1) }},
        {{ time.at(options_end_ns) }},
        {{ until }},
        getvariable('slice_last')
    ),
    {{ time.buckets(1) }}
))
{%- endmacro %}

{#- The same of options, from when they are known to their expiry, which is no bucket of theirs. -#}
{% macro alive() -%}
{{ lasting(
    'quotes_5s',
    'greatest(contracts.known_at, ' ~ time.first_bucket() ~ ')',
    'contracts.expiry - to_microseconds(1)'
) }}
{%- endmacro %}

{#- Years of 365 days to an expiry, at least a minute. -#}
{% macro years(expiry, at) -%}
greatest(epoch_us({{ expiry }}) - epoch_us({{ at }}), 60e6) / (365 * 86400e6)
{%- endmacro %}

{#- Whole days from the session to the date of an expiry, which is UTC's. -#}
{% macro days(expiry) -%}
({{ expiry }}::date - date '{{ session }}')::integer
{%- endmacro %}

{#- Value now of a dollar at an expiry. -#}
{% macro discount(expiry, at) -%}
exp({{ -interest_rate }} * {{ years(expiry, at) }})
{%- endmacro %}

{#- Whether a strike's own quote tells its vol: to a hundredth, or in the last hour, when a tick is worth
    more vol with every minute, to a share of the vol itself. -#}
{% macro is_certain(iv, iv_unc, t_years) -%}
coalesce({{ iv_unc }} < if({{ t_years }} * 365 * 24 <= 1, greatest(0.01, 0.2 * {{ iv }}), 0.01), false)
{%- endmacro %}

{#- What contracts are worth per point, in thousandths of a dollar: integers, which add up the same in
    any order, as doubles do not. -#}
{% macro value_e3(contracts, multiplier='multiplier') -%}
{{ contracts }} * round({{ multiplier }} * 1e3)::bigint
{%- endmacro %}

{#- Whether a strike is as near to its future as the settings ask; one whose future is not quoted is. -#}
{% macro is_within(strike, quoted_forward) -%}
{% if option_percent is none -%}
true
{%- else -%}
coalesce(
    abs({{ strike }} - {{ quoted_forward }}) <= {{ quoted_forward }} * {{ option_percent }} / 100, true
)
{%- endif %}
{%- endmacro %}
