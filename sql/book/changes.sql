{#---
doc: >
  Every change of the book of the session's contract, attributed to its order: what was added,
  pulled, filled, resized or moved, where, when and by an order of what age. As long as the raw
  day, so it is made only for sessions whose settings keep it.
grain: [session, seq, order_id, kind, side, tick]
as_of: ts_recv
columns:
  bucket_end:   TIMESTAMP | UTC    | exclusive end of the 5 s bucket; of all before the window its start
  ts_recv:      BIGINT    | ns, UTC | when the vendor received it; where that steps back, the latest before
  kind:         VARCHAR   | text   | snapshot, add, pull, fill, size_up, refill, in_up, in_down, out_up, out_down, hidden_fill, unknown_fill, unknown_cancel or clear
  orders_delta: INTEGER   | orders | change of the number of orders resting there
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
select
    date '{{ session }}' as session,
    fronts.instrument_id,
    {{ book.numbered_end('order_changes.bucket_no') }} as bucket_end,
    order_changes.seq,
    order_changes.ts_recv,
    order_changes.order_id,
    {{ kinds.name('order_changes.kind') }} as kind,
    if(order_changes.is_bid, 'bid', 'ask') as side,
    order_changes.tick,
    order_changes.tick * fronts.tick_e9 / 1e9 as price,
    order_changes.qty,
    {{ kinds.sign('order_changes.kind') }} * order_changes.qty as delta,
    order_changes.orders_delta::integer as orders_delta,
    order_changes.age_ns,
    order_changes.is_unknown
from book.order_changes
cross join market.fronts
