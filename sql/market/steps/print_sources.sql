{#---
doc: The schema that market.prints takes an instrument's trades of a date from.
grain: [instrument_id, date]
as_of: window end
columns:
  source: VARCHAR | text | vendor schema
---#}
select distinct
    instrument_id,
    date,
    source
from market.prints
