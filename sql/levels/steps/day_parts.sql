{#---
doc: Stretches of the trading day that levels are made of; null where the day has no regular hours.
grain: [name]
as_of: always
columns:
  name:     VARCHAR | text    | PM, ON, OR5, OR15, OR30 or RTH
  start_ns: BIGINT  | ns, UTC | inclusive start
  end_ns:   BIGINT  | ns, UTC | exclusive end
---#}
{% set minute_ns = 60 * 1000000000 %}
select
    listed.name,
    listed.start_ns,
    listed.end_ns
from (
    values
    ('PM', {{ premarket_open_ns }}, {{ overnight_close_ns }}),
    ('ON', {{ overnight_open_ns }}, {{ overnight_close_ns }}),
    ('OR5', {{ rth_open_ns }}, {{ rth_open_ns }} + 5 * {{ minute_ns }}),
    ('OR15', {{ rth_open_ns }}, {{ rth_open_ns }} + 15 * {{ minute_ns }}),
    ('OR30', {{ rth_open_ns }}, {{ rth_open_ns }} + 30 * {{ minute_ns }}),
    ('RTH', {{ rth_open_ns }}, {{ rth_close_ns }})
) as listed (name, start_ns, end_ns)
