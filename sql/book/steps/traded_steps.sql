{#---
doc: >
  The steps of regular orders that trade, with the part of each decrease that was traded: what
  leaves takes from the fills of its event first, in file order, wherever the fills stand.
grain: [seq]
as_of: event end  # a fill may follow the record that it explains
columns:
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
{% import 'macros/state.sql' as state %}
with event_fills as (
    select
        order_id,
        event_no,
        sum(size)::bigint as event_fills
    from book.fills
    group by order_id, event_no
),

traded as not materialized (
    select chain.* from book.chain
    semi join book.fills using (order_id)
    anti join book.odd_orders using (order_id)
),

regular as not materialized (
    {{ state.steps('traded') }}
),

steps as (
    select
        regular.*,
        coalesce(event_fills.event_fills, 0) as event_fills
    from regular
    left join event_fills using (order_id, event_no)
),

summed as (
    select
        *,
        sum(dropped) over (partition by order_id, event_no order by seq)::bigint as dropped_so_far
    from steps
)

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
    least(dropped_so_far, event_fills) - least(dropped_so_far - dropped, event_fills) as filled,
    event_fills
from summed
