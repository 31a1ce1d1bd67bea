{#---
doc: Every registered feature lies in the range that the registry promises.
---#}
with strays as (
    {% for relation in features %}
    {% for feature in features[relation] if feature.low is not none %}
    select
        '{{ relation }}' as relation,
        '{{ feature.name }}' as feature,
        bucket_end,
        {{ feature.name }} as found
    from {{ relation }}
    where not {{ feature.name }} between {{ feature.low }} and {{ feature.high }}
    union all
    {% endfor %}
    {% endfor %}
    select
        null::varchar as relation,
        null::varchar as feature,
        null::timestamp as bucket_end,
        null::double as found
    where false
)

select
    relation,
    feature,
    bucket_end,
    found
from strays
