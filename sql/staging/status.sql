{#---
doc: Every change of an instrument's trading state that landed.
grain: [file_id, row_no, date]
as_of: ts_recv
columns:
  action:        USMALLINT | code | 1 pre-open, 7 trading, 8 halt, 9 pause, 15 close
  reason:        USMALLINT | code | why, 1 scheduled
  trading_event: USMALLINT | code | what else happened, 0 nothing
  is_trading:    VARCHAR   | code | Y, N or ~ for not said
  is_quoting:    VARCHAR   | code | Y, N or ~ for not said
---#}
{% import 'macros/vendor.sql' as vendor with context %}
select
    instrument_id,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    action,
    reason,
    trading_event,
    is_trading,
    is_quoting,
    date,
    file_id,
    row_no
from raw.status
