{#---
doc: >
  Every change of the book of the session's contract, attributed to its order: what was added,
  pulled, filled, resized or moved, where, when and by an order of what age. As long as the raw
  day, so it is written out only for sessions whose settings keep it.
grain: [session, seq, kind, side, tick]
as_of: ts_recv
columns:
  session:       DATE      | date    | New York trading date
  instrument_id: UINTEGER  | id      | venue instrument number
  bucket_end:    TIMESTAMP | UTC     | exclusive end of the 5 s bucket; of all before the window its start
  seq:           BIGINT    | order   | file order, days since 1970 of date x 2^32 + row_no
  ts_recv:       BIGINT    | ns, UTC | when the vendor received it
  order_id:      UBIGINT   | id      | order
  kind:          VARCHAR   | text    | snapshot, add, pull, fill, size_up, refill, in_up, in_down, out_up, out_down, hidden_fill, unknown_fill, unknown_cancel or clear
  side:          VARCHAR   | text    | bid or ask
  tick:          INTEGER   | ticks   | price / tick size
  price:         DOUBLE    | points  | where
  qty:           BIGINT    | lots    | how much
  delta:         BIGINT    | lots    | change of resting size at side and tick
  orders_delta:  INTEGER   | orders  | change of the number of orders resting there
  age_ns:        BIGINT    | ns      | since the order was entered, null where it never rested
  is_unknown:    BOOLEAN   | flag    | a modify or cancel of an id that does not rest
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
select
    date '{{ session }}' as session,
    fronts.instrument_id,
    {{ book.bucket_end('coded_changes.ts_recv') }} as bucket_end,
    coded_changes.seq,
    coded_changes.ts_recv,
    coded_changes.order_id,
    {{ kinds.name('coded_changes.kind') }} as kind,
    if(coded_changes.is_bid, 'bid', 'ask') as side,
    coded_changes.tick,
    coded_changes.tick * fronts.tick_size as price,
    coded_changes.qty,
    {{ kinds.sign('coded_changes.kind') }} * coded_changes.qty as delta,
    coded_changes.orders_delta::integer as orders_delta,
    coded_changes.age_ns,
    coded_changes.is_unknown
from book.coded_changes
cross join market.fronts
