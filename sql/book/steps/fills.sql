{#---
doc: >
  The fills of the session's contract, one row per fill record: they change no size themselves but
  tell what a modify or a cancel of the same event took away.
grain: [seq]
as_of: ts_recv
columns:
  seq:      BIGINT  | order   | file order
  event_no: BIGINT  | number  | exchange event
  order_id: UBIGINT | id      | order
  side:     VARCHAR | code    | B bid, A ask, N none
  tick:     INTEGER | ticks   | price / tick size
  size:     BIGINT  | lots    | filled
  ts_recv:  BIGINT  | ns, UTC | when the vendor received it
  ts_event: BIGINT  | ns, UTC | when the venue acted
---#}
{% import 'macros/book.sql' as book with context %}
select
    {{ book.seq('executions') }} as seq,
    executions.event_no,
    executions.order_id,
    executions.side,
    {{ book.tick('executions.price_e9', 'fronts.tick_e9') }} as tick,
    executions.size::bigint as size,
    executions.ts_recv,
    executions.ts_event
from market.executions
inner join market.fronts using (instrument_id)
where
    executions.action = 'F'
    and executions.date >= (select opening.first_date from book.opening)
