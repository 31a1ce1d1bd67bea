{#---
doc: >
  Every change of the book of the session's contract, attributed to its order: what was added,
  pulled, filled, resized or moved, where, when and by an order of what age. As long as the raw
  day, so it is written out only for sessions whose settings keep it.
grain: [session, seq, kind, side, tick]
as_of: ts_recv
columns:
  bucket_end:   TIMESTAMP | UTC    | exclusive end of the 5 s bucket; of all before the window its start
  kind:         VARCHAR   | text   | snapshot, add, pull, fill, size_up, refill, in_up, in_down, out_up, out_down, hidden_fill, unknown_fill, unknown_cancel or clear
  orders_delta: INTEGER   | orders | change of the number of orders resting there
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
