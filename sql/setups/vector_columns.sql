{#---
doc: >
  What the numbers of a setup's vector are called, and to which block of the distance each belongs.
  Features, formulas and places are those of the registry's key setup, once for each piece of the
  two minutes before the decision.
grain: [session, dim]
as_of: always
columns:
  name:    VARCHAR | text | feature__place_from_to, seconds before the decision
  feature: VARCHAR | text | as the registry calls it
  place:   VARCHAR | text | front and back of the level, touch_front and touch_back, touch for one against the other, tape
  block:   VARCHAR | text | states, touch or tape
---#}
{% import 'macros/setups.sql' as setups with context %}
with pieces as (
    {{ setups.segment_rows() }}
),

columns as (
    values
    {% for column in registry.setup %}
    ({{ loop.index }}, '{{ column.name }}', '{{ column.block }}'){{ ',' if not loop.last }}
    {% endfor %}
)

select
    fronts.session,
    (pieces.segment * {{ registry.setup | length }} + columns.n)::smallint as dim,
    concat(columns.name, '_', pieces.from_s, '_', pieces.to_s, 's') as name,
    split_part(columns.name, '__', 1) as feature,
    split_part(columns.name, '__', 2) as place,
    pieces.segment::tinyint as segment,
    columns.block
from pieces as pieces (segment, from_s, to_s)
cross join columns as columns (n, name, block)
cross join market.fronts
order by dim
