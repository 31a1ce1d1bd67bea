{#---
doc: The best quote, and the last trade, at the end of every second or minute (bbo-1s and bbo-1m).
grain: [file_id, row_no, date]
as_of: ts_recv  # the end of the interval the quote stands for
columns:
  interval_s: UINTEGER | s       | length of the interval, 1 or 60
  ts_event:   BIGINT   | ns, UTC | when the quote last changed by a trade, null where none did
  ts_recv:    BIGINT   | ns, UTC | end of the interval
  side:       VARCHAR  | code    | aggressor of the last trade, A ask, B bid, N none
---#}
{% import 'macros/vendor.sql' as vendor with context %}
with intervals as (
    {% for name, seconds in {'1s': 1, '1m': 60}.items() %}
    select
        *,
        {{ seconds }}::uinteger as interval_s
    from raw.bbo_{{ name }}
    {% if not loop.last %}
    union all by name
    {% endif %}
    {% endfor %}
)

select
    instrument_id,
    interval_s,
    {{ vendor.ns('ts_event') }} as ts_event,
    {{ vendor.ns('ts_recv') }} as ts_recv,
    side,
    {{ vendor.px('price') }} as price_e9,
    {{ vendor.points('price') }} as price,
    size,
    flags,
    {{ vendor.px('bid_px_00') }} as bid_px_e9,
    {{ vendor.px('ask_px_00') }} as ask_px_e9,
    {{ vendor.points('bid_px_00') }} as bid_px,
    {{ vendor.points('ask_px_00') }} as ask_px,
    bid_sz_00 as bid_qty,
    ask_sz_00 as ask_qty,
    bid_ct_00 as n_bid,
    ask_ct_00 as n_ask,
    date,
    file_id,
    row_no
from intervals
