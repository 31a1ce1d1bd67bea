{#---
doc: >
  The steps that may change the book in several ways at once, by trades, moves and changes of side:
  all but the plain adds and pulls.
grain: [seq]
as_of: event end  # a fill may follow the record that it explains
columns:
  action:        UTINYINT | code  | 1 add of a snapshot, 2 add, 3 modify, 4 cancel
  is_bid:        BOOLEAN  | flag  | side of the record
  tick:          INTEGER  | ticks | price of the record
  size:          BIGINT   | lots  | size of the record
  is_bid_before: BOOLEAN  | flag  | side of the order before
  tick_before:   INTEGER  | ticks | price of the order before
  before:        BIGINT   | lots  | resting before, 0 where the order did not rest
  after:         BIGINT   | lots  | resting after
  dropped:       BIGINT   | lots  | what the record took away
  age_ns:        BIGINT   | ns    | of the order before
  filled:        BIGINT   | lots  | the part of what was dropped that traded
  event_fills:   BIGINT   | lots  | all fills of the order in the event
---#}
{% import 'macros/state.sql' as state %}
with others as not materialized (
    select chain.* from book.chain
    anti join book.odd_orders using (order_id)
    anti join book.fills using (order_id)
    where
        {{ state.action('chain.state') }} = {{ state.MODIFY }}
        or {{ state.action('chain.state') }} = {{ state.SNAPSHOT }}
        or ({{ state.action('chain.state') }} = {{ state.CANCEL }} and chain.state_before is null)
),

other_steps as not materialized (
    {{ state.steps('others') }}
)

select
    seq,
    order_id,
    ts_recv,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    after,
    dropped,
    age_ns,
    0::bigint as filled,
    0::bigint as event_fills
from other_steps
union all
select
    seq,
    order_id,
    ts_recv,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    after,
    dropped,
    age_ns,
    filled,
    event_fills
from book.traded_steps
where action <> {{ state.ADD }}
union all
select
    seq,
    order_id,
    ts_recv,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    after,
    dropped,
    age_ns,
    filled,
    event_fills
from book.odd_steps
