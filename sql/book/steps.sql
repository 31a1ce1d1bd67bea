{#---
doc: >
  Every add, modify and cancel with what rested before and after it and what of the difference was
  traded, whichever way the order was accounted for.
grain: [seq]
as_of: event end  # a fill may follow the record that it explains
materialize: passing
columns:
  seq:           BIGINT   | order   | file order
  event_no:      BIGINT   | number  | exchange event
  order_id:      UBIGINT  | id      | order
  ts_recv:       BIGINT   | ns, UTC | when the vendor received it
  ts_event:      BIGINT   | ns, UTC | when the venue acted
  action:        UTINYINT | code    | 1 add of a snapshot, 2 add, 3 modify, 4 cancel
  is_bid:        BOOLEAN  | flag    | side of the record
  tick:          INTEGER  | ticks   | price of the record
  size:          BIGINT   | lots    | size of the record
  is_bid_before: BOOLEAN  | flag    | side of the order before
  tick_before:   INTEGER  | ticks   | price of the order before
  before:        BIGINT   | lots    | resting before, 0 where the order did not rest
  after:         BIGINT   | lots    | resting after
  dropped:       BIGINT   | lots    | what the record took away
  entered_at:    BIGINT   | ns, UTC | when the order that rests after came to rest
  age_ns:        BIGINT   | ns      | of the order before
  filled:        BIGINT   | lots    | the part of what was dropped that traded
  event_fills:   BIGINT   | lots    | all fills of the order in the event
---#}
select
    regular_steps.seq,
    regular_steps.event_no,
    regular_steps.order_id,
    regular_steps.ts_recv,
    regular_steps.ts_event,
    regular_steps.action,
    regular_steps.is_bid,
    regular_steps.tick,
    regular_steps.size,
    regular_steps.is_bid_before,
    regular_steps.tick_before,
    regular_steps.before,
    regular_steps.after,
    regular_steps.dropped,
    regular_steps.entered_at,
    regular_steps.age_ns,
    0::bigint as filled,
    0::bigint as event_fills
from book.regular_steps
anti join book.fills using (order_id)
union all
select
    seq,
    event_no,
    order_id,
    ts_recv,
    ts_event,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    after,
    dropped,
    entered_at,
    age_ns,
    filled,
    event_fills
from book.traded_steps
union all
select
    seq,
    event_no,
    order_id,
    ts_recv,
    ts_event,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    after,
    dropped,
    entered_at,
    age_ns,
    filled,
    event_fills
from book.odd_steps
