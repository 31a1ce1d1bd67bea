{#---
doc: Every registered feature lies in the range that the registry promises.
---#}
{% macro is_stray(feature) -%}
not {{ feature.name }} between {{ feature.low }} and {{ feature.high }}
{%- endmacro %}
-- a relation is read once, and its features are told apart only in rows of which one strays
with strays as (
    {% for relation in features if features[relation] | rejectattr('low', 'none') | list %}
    {% set ranged = features[relation] | rejectattr('low', 'none') | list %}
    select
        '{{ relation }}' as relation,
        bucket_end,
        unnest([
            {% for feature in ranged %}
            {
                feature: '{{ feature.name }}',
                found: {{ feature.name }}::double,
                is_stray: {{ is_stray(feature) }}
            }{{ ',' if not loop.last }}
            {% endfor %}
        ]) as value
    from {{ relation }}
    where
        false
        {% for feature in ranged %}
        or {{ is_stray(feature) }}
        {% endfor %}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)

select
    strays.relation,
    strays.value.feature,
    strays.bucket_end,
    strays.value.found
from strays
where strays.value.is_stray
