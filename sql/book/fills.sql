{#---
doc: >
  The fills of the session's contract, one row per fill record: they change no size themselves but
  tell what a modify or a cancel of the same event took away.
grain: [seq]
as_of: ts_recv
materialize: step
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
    {{ book.seq('mbo') }} as seq,
    mbo.event_no,
    mbo.order_id,
    mbo.side,
    {{ book.tick('mbo.price_e9', 'fronts.tick_e9') }} as tick,
    mbo.size::bigint as size,
    mbo.ts_recv,
    mbo.ts_event
from staging.mbo
inner join market.fronts using (instrument_id)
where
    mbo.action = 'F'
    and mbo.ts_recv < {{ window_end_ns }}
    and mbo.date >= (select opening.first_date from book.opening)
