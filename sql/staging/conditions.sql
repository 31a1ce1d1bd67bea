{#---
doc: >
  What the vendor says of each dataset's day, its last word: the row that was modified last. One that
  says when beats one that does not; of two that say the same date the worse condition holds, since a
  day is marked without its data being made again.
grain: [dataset, date]
as_of: last_modified_date
columns:
  dataset:            VARCHAR  | code     | vendor's name of the dataset, such as GLBX.MDP3
  date:               DATE     | UTC      | day it is about
  condition:          VARCHAR  | code     | available, intraday, degraded, pending or missing
  severity:           UTINYINT | rank     | 0 available, 1 intraday, 2 degraded, 3 pending, 4 missing
  last_modified_date: DATE     | UTC date | when the day's data was last made, null where not said
  file_id:            VARCHAR  | hex      | first 16 digits of the sha256 of what is said
---#}
{% set ranks = "['available', 'intraday', 'degraded', 'pending', 'missing']" %}
with ranked as (
    select
        *,
        (list_position({{ ranks }}, condition) - 1)::utinyint as severity
    from raw.condition
)

select
    dataset,
    date,
    condition,
    severity,
    last_modified_date,
    file_id
from ranked
-- the last word about a day counts; at the same date, or without one, the worse
qualify row_number() over (
    partition by dataset, date
    order by last_modified_date desc nulls last, severity desc
) = 1
