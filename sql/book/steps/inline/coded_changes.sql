{#---
doc: >
  Every change of the book of the session's contract, as book.changes tells it, in small numbers.
grain: [seq, kind, is_bid, tick]
as_of: event end  # a fill may follow the record that it explains
columns:
  kind:         UTINYINT | code   | kind of change, see macros/kinds.sql
  orders_delta: TINYINT  | orders | change of the number of orders resting there
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
