{#---
doc: Every venue statistic that landed, such as settlement price and open interest.
grain: [file_id, row_no, date]
as_of: ts_recv  # published then; what it describes may be an earlier trade date
columns:
  ts_ref:     BIGINT    | ns, UTC | trade date it describes, null where none is given
  stat_type:  USMALLINT | code    | 1 open, 3 settlement, 4 low, 5 high, 6 cleared volume, 9 open interest, 14 volatility, 15 delta
  price_e9:   BIGINT    | 1e-9 pt | value of a price statistic
  price:      DOUBLE    | points  | value of a price statistic
  quantity:   BIGINT    | lots    | value of a quantity statistic
  is_deleted: BOOLEAN   | flag    | the venue withdrew the value
  stat_flags: UTINYINT  | bits    | of a settlement 1 final, 2 actual, 4 at a trading tick
  channel_id: USMALLINT | id      | venue's channel
---#}
{% import 'macros/vendor.sql' as vendor with context %}
select
    instrument_id,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    {{ vendor.ns('ts_ref') }} as ts_ref,
    stat_type,
    {{ vendor.px('price') }} as price_e9,
    {{ vendor.points('price') }} as price,
    -- not defined, as the third and as the first two versions of the format say it
    case when quantity not in ({{ undef_stat_quantity }}, 2147483647) then quantity end as quantity,
    update_action = 2 as is_deleted,
    stat_flags,
    channel_id,
    sequence,
    date,
    file_id,
    row_no
from raw.statistics
