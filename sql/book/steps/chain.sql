{#---
doc: >
  Each record of an order beside the order's records before and after it: the one window of the
  book. What an order is after a record is packed into one integer, so that the sort carries few
  narrow columns.
grain: [seq]
as_of: ts_recv  # but for ts_next, which tells when the order changes next
columns:
  ts_next:      BIGINT | ns, UTC | ts_recv of the order's next record, null at its last
  entered_at:   BIGINT | ns, UTC | ts_event of the order's first record
  state:        BIGINT | packed  | tick, size, side and action of the record
  state_before: BIGINT | packed  | the same of the order's record before, null at its first
---#}
{% import 'macros/state.sql' as state %}
with packed as (
    select
        seq,
        event_no,
        order_id,
        ts_recv,
        ts_event,
        {{ state.pack('tick', 'size', 'is_bid', 'action') }} as state
    from book.records
)

select
    seq,
    event_no,
    order_id,
    ts_recv,
    ts_event,
    lead(ts_recv) over life as ts_next,
    first_value(ts_event) over life as entered_at,
    state,
    lag(state) over life as state_before
from packed
window life as (partition by order_id order by seq)
