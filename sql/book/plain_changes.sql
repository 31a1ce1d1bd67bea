{#---
doc: >
  What orders change that neither trade nor are odd, where they do not move: one change per record,
  at one price. Most of the day.
grain: [seq]
as_of: ts_recv
materialize: passing
columns:
  seq:          BIGINT   | order   | file order
  order_id:     UBIGINT  | id      | order
  ts_recv:      BIGINT   | ns, UTC | when the vendor received it
  kind:         UTINYINT | code    | kind of change, see macros/kinds.sql
  is_bid:       BOOLEAN  | flag    | side
  tick:         INTEGER  | ticks   | price / tick size
  qty:          BIGINT   | lots    | how much
  orders_delta: TINYINT  | orders  | change of the number of orders resting there
  age_ns:       BIGINT   | ns      | since the order was entered, null where it never rested
  is_unknown:   BOOLEAN  | flag    | a modify or cancel of an id that does not rest
---#}
{% import 'macros/kinds.sql' as kinds %}
{% import 'macros/state.sql' as state %}
with plain_steps as not materialized (
    select regular_steps.* from book.regular_steps
    anti join book.fills using (order_id)
),

-- an order that neither trades nor moves changes in one way, at one price
stayed as (
    select
        seq,
        order_id,
        ts_recv,
        case
            when action = {{ state.SNAPSHOT }} then {{ kinds.code('snapshot') }}
            when action = {{ state.ADD }} then {{ kinds.code('add') }}
            when action = {{ state.CANCEL }}
                then if(before = 0, {{ kinds.code('unknown_cancel') }}, {{ kinds.code('pull') }})
            when before = 0 then {{ kinds.code('add') }}
            when size > before then {{ kinds.code('size_up') }}
            else {{ kinds.code('pull') }}
        end as kind,
        if(action = {{ state.CANCEL }} and before > 0, is_bid_before, is_bid) as is_bid,
        if(action = {{ state.CANCEL }} and before > 0, tick_before, tick) as tick,
        if(action = {{ state.CANCEL }} and before = 0, size, abs(after - before)) as qty,
        (after > 0)::tinyint - (before > 0)::tinyint as orders_delta,
        if(before > 0, age_ns, if(action = {{ state.CANCEL }}, null, 0)) as age_ns,
        action >= {{ state.MODIFY }} and before = 0 as is_unknown
    from plain_steps
    where
        action <> {{ state.MODIFY }}
        or before = 0
        or (tick = tick_before and size <> before)
)

select
    seq,
    order_id,
    ts_recv,
    kind::utinyint as kind,
    is_bid,
    tick,
    qty,
    orders_delta::tinyint as orders_delta,
    age_ns,
    is_unknown
from stayed
