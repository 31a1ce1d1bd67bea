{#- One order after one record in a BIGINT: tick x 2^32 + size x 2^4 + bid x 2^3 + action code. -#}

{%- set SNAPSHOT = 1 -%}
{%- set ADD = 2 -%}
{%- set MODIFY = 3 -%}
{%- set CANCEL = 4 -%}

{#- A size of 2^28 lots or more would run into the tick, so it stops the build. -#}
{% macro pack(tick, size, side, action) -%}
{{ tick }}::bigint * 4294967296
        + (if({{ size }} < 268435456, {{ size }}, error('size ' || {{ size }} || ' is not below 2^28 lots')) << 4)
        + if({{ side }} = 'B', 8, 0)
        + case {{ action }} when 'S' then {{ SNAPSHOT }} when 'A' then {{ ADD }} when 'M' then {{ MODIFY }} else {{ CANCEL }} end
{%- endmacro %}

{% macro tick(state) -%}
({{ state }} >> 32)::integer
{%- endmacro %}

{% macro size(state) -%}
(({{ state }} >> 4) & 268435455)::integer
{%- endmacro %}

{% macro is_bid(state) -%}
({{ state }} & 8) > 0
{%- endmacro %}

{% macro action(state) -%}
({{ state }} & 7)
{%- endmacro %}
