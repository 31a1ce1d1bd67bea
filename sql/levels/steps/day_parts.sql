{#---
doc: Stretches of the trading day that levels are made of; null where the day has no regular hours.
grain: [name]
as_of: always
columns:
  name:     VARCHAR | text    | PM, ON, OR5, OR15, OR30 or RTH
  start_ns: BIGINT  | ns, UTC | inclusive start
  end_ns:   BIGINT  | ns, UTC | exclusive end
---#}
{% import 'macros/time.sql' as time with context %}
select
    listed.name,
    listed.start_ns,
    listed.end_ns
from (
    values
    ('PM', {{ premarket_open_ns }}, {{ overnight_close_ns }}),
    ('ON', {{ overnight_open_ns }}, {{ overnight_close_ns }}),
    ('OR5', {{ rth_open_ns }}, {{ rth_open_ns }} + 5 * {{ time.MINUTE_NS }}),
    ('OR15', {{ rth_open_ns }}, {{ rth_open_ns }} + 15 * {{ time.MINUTE_NS }}),
    ('OR30', {{ rth_open_ns }}, {{ rth_open_ns }} + 30 * {{ time.MINUTE_NS }}),
    ('RTH', {{ rth_open_ns }}, {{ rth_close_ns }})
) as listed (name, start_ns, end_ns)
