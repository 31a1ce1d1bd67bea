{#---
doc: >
  What the vendor says of the days that the session's records come from, one row. It may say so
  long after the window; nothing but market.sessions reads it.
grain: [n_conditions]
as_of: last_modified_date of the days
columns:
  n_conditions: BIGINT  | days | of which the vendor says something, over all datasets
  said:         VARCHAR | text | each day that is not simply available, null where all are
---#}
select
    count(*) as n_conditions,
    -- the worst of all days and datasets
    arg_max(condition, severity) as vendor_condition,
    string_agg(
        'the vendor calls ' || dataset || ' of ' || date::varchar || ' ' || condition,
        '; ' order by date, dataset
    ) filter (where severity > 0) as said
from staging.conditions
