{#- How the vendor spells what is missing, and prices as integers; undone once, in staging. -#}

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
