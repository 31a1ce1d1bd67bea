{#---
doc: >
  The earlier sessions that count as past. One whose records are incomplete looked other than it
  was, so that it is nobody's neighbour and no forecast is scored in it, unless the setting
  analog_incomplete says otherwise.
grain: [session]
as_of: session  # made of earlier sessions alone
lookback: {market.sessions: all}
columns:
  session: DATE | date | of the earlier session
---#}
select session
from market.sessions
where
    session < date '{{ session }}'
    and (incomplete is null or {{ analog_incomplete | lower }})
