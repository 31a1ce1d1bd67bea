{#---
doc: Which of the vendor's schemas landed for the session's dates, one row.
grain: [landed]
as_of: window end
---#}
{% set relations = {
    'mbo': 'mbo', 'mbp-1': 'mbp_1', 'trades': 'trades', 'tbbo': 'tbbo', 'bbo': 'bbo',
    'ohlcv': 'ohlcv', 'definition': 'definitions', 'statistics': 'statistics', 'status': 'status',
} %}
with present as (
    {% for schema, relation in relations.items() %}
    select '{{ schema }}' as schema
    where exists (from staging.{{ relation }})
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)

select list(schema order by schema) as landed
from present
