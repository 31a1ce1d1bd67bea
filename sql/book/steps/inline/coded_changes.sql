{#---
doc: >
  Every change of the book of the session's contract, as book.changes tells it, in small numbers.
grain: [seq, kind, is_bid, tick]
as_of: event end  # a fill may follow the record that it explains
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
select
    seq,
    order_id,
    ts_recv,
    {{ kinds.code('add') }}::utinyint as kind,
    is_bid,
    tick,
    qty,
    1::tinyint as orders_delta,
    0::bigint as age_ns,
    false as is_unknown
from book.plain_adds
union all
select
    seq,
    order_id,
    ts_recv,
    {{ kinds.code('pull') }}::utinyint as kind,
    is_bid,
    tick,
    qty,
    orders_delta,
    age_ns,
    false as is_unknown
from book.plain_pulls
union all
from book.compound_changes
