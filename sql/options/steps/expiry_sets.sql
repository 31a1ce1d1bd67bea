{#---
doc: >
  The sets of expiries that are told apart, each with those before it, those of the session's own
  date, those up to five days on, and all.
grain: [expiry_set]
as_of: always
columns:
  last_day: INTEGER | days | from the session to the date of the last expiry
---#}
{% import 'macros/exposure.sql' as exposure %}
select
    sets.expiry_set,
    sets.last_day
from (
    values
    {% for set, last_day in exposure.SETS.items() %}
    ('{{ set }}', {{ last_day }}){{ ',' if not loop.last }}
    {% endfor %}
) as sets (expiry_set, last_day)
