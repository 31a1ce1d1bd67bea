{#---
doc: The vendor's own bars that landed (ohlcv-1s, -1m, -1h, -1d).
grain: [file_id, row_no, date]
as_of: ts_event + interval_s  # a bar is known when it closes
columns:
  interval_s: UINTEGER | s       | length of the bar
  ts_event:   BIGINT   | ns, UTC | inclusive start of the bar
  volume:     UBIGINT  | lots    | traded
  date:       DATE     | UTC     | date of ts_event
---#}
{% import 'macros/vendor.sql' as vendor with context %}
with bars as (
    {% for name, seconds in {'1s': 1, '1m': 60, '1h': 3600, '1d': 86400}.items() %}
    select
        *,
        {{ seconds }}::uinteger as interval_s
    from raw.ohlcv_{{ name }}
    {% if not loop.last %}
    union all by name
    {% endif %}
    {% endfor %}
)

select
    instrument_id,
    interval_s,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.points('open') }} as open,
    {{ vendor.points('high') }} as high,
    {{ vendor.points('low') }} as low,
    {{ vendor.points('close') }} as close,
    volume,
    date,
    file_id,
    row_no
from bars
