{#---
doc: Every instrument definition that landed, one row per record; a later one replaces an earlier.
grain: [file_id, row_no, date]
as_of: ts_recv
columns:
  raw_symbol:       VARCHAR | text    | venue symbol, such as ESH4
  instrument_class: VARCHAR | code    | F future, C call, P put, S future spread, T option spread, M mixed
  security_type:    VARCHAR | text    | FUT, OOF (option on a future) and others
  cfi:              VARCHAR | text    | ISO 10962 class; 3rd letter of an option E European, A American
  strike_price:     DOUBLE  | points  | null where there is none
  expiration:       BIGINT  | ns, UTC | last moment of trading
  activation:       BIGINT  | ns, UTC | first moment of trading
  is_user_defined:  BOOLEAN | flag    | a spread that a participant asked for
  is_deleted:       BOOLEAN | flag    | the venue took it away
---#}
{% import 'macros/vendor.sql' as vendor with context %}
select
    instrument_id,
    raw_symbol,
    asset,
    instrument_class,
    security_type,
    cfi,
    nullif(underlying, '') as underlying,
    nullif(underlying_id, 0) as underlying_id,
    {{ vendor.points('strike_price') }} as strike_price,
    {{ vendor.ns('expiration') }} as expiration,
    {{ vendor.ns('activation') }} as activation,
    {{ vendor.px('min_price_increment') }} as tick_e9,
    {{ vendor.points('min_price_increment') }} as tick_size,
    {{ vendor.points('unit_of_measure_qty') }} as multiplier,
    user_defined_instrument = 'Y' as is_user_defined,
    security_update_action = 'D' as is_deleted,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    date,
    file_id,
    row_no
from raw.definition
