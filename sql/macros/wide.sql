{#- How the wide form is put together from the parts of the registry. -#}

{#- Its columns: of every part each feature with its differences. -#}
{% macro columns(parts) %}
{% for part in parts %}
{% set is_last_part = loop.last %}
{% set place = '__' ~ part.place if part.place else '' %}
{% for feature in part.features %}
{% set x = part.alias ~ '.' ~ feature.name %}
{% set column = feature.name ~ place %}
{{ x }} as {{ column }},
{{ x }}_d1 as {{ column }}_d1,
{{ x }}_d2 as {{ column }}_d2,
{{ x }}_d3 as {{ column }}_d3{{ ',' if not (is_last_part and loop.last) }}
{% endfor %}
{% endfor %}
{%- endmacro %}

{#- The rows of each place beside those of states_5s; cells that were put together are in spans, by
    the name of their place. A session without options has no rows of them. -#}
{% macro joins(parts) %}
{% for part in parts if part.place %}
{{ 'inner' if part.is_always_there else 'left' }} join {{ part.source }} as {{ part.alias }}
    on
        states_5s.bucket_end = {{ part.alias }}.bucket_end
        and states_5s.level_id = {{ part.alias }}.level_id
        {% for column, value in part.where %}
        and {{ part.alias }}.{{ column }} = {{ value if value is number else "'" ~ value ~ "'" }}
        {% endfor %}
{% endfor %}
{%- endmacro %}
