{#---
doc: >
  What rested before and after each record of an order that lives once: added, modified any number
  of times, cancelled at most once. The record before says all there is to know.
grain: [seq]
as_of: ts_recv  # but for ts_next, which tells when the order changes next
columns:
  ts_next:       BIGINT   | ns, UTC | ts_recv of the order's next record, null at its last
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
---#}
{% import 'macros/state.sql' as state %}
{{ state.steps('book.chain anti join book.odd_orders using (order_id)') }}
