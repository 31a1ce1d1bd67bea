{#- How the vendor spells what is missing, and prices as integers; undone once, in staging. -#}

{#- Bits of a record's flags: it sets the book instead of telling what happened, its receive time is
    not to be trusted, it comes after a gap in the venue's sequence that could not be closed. -#}
{% set SNAPSHOT = 32 %}
{% set BAD_CLOCK = 8 %}
{% set MAYBE_BAD_BOOK = 4 %}

{% macro has(flags, flag) -%}
{{ flags }} & {{ flag }} > 0
{%- endmacro %}

{#- Price in 1e-9 points, null where the vendor has none. -#}
{% macro px(column) -%}
nullif({{ column }}, {{ undef_price }})
{%- endmacro %}

{#- The same in points. -#}
{% macro points(column) -%}
nullif({{ column }}, {{ undef_price }}) / 1e9
{%- endmacro %}

{#- Time in ns since 1970 UTC as a signed integer, null where the vendor has none. -#}
{% macro ns(column) -%}
nullif({{ column }}, {{ undef_time }})::bigint
{%- endmacro %}
