{#---
doc: >
  The records of the session's contract in file order, from the day's snapshot to the end of the
  window: what the replay of orders reads.
grain: [seq]
as_of: ts_recv
constants:  # compared with a constant rows keep the order of their files, which a join gives up
  contract: select instrument_id from book.grid
  first_date: select first_date from book.opening
  end_seq: select end_seq from book.closing
columns:
  ts_recv:  BIGINT   | ns, UTC | when the vendor received it
  ts_event: BIGINT   | ns, UTC | when the venue acted, of a snapshot when the order was entered; ts_recv where it is missing
  price:    BIGINT   | 1e-9 pt | price
  size:     BIGINT   | lots    | size the record states
  action:   UTINYINT | code    | letter in ASCII
  side:     UTINYINT | code    | letter in ASCII
  flags:    UTINYINT | bits    | 128 last of event, 32 snapshot
---#}
{% import 'macros/book.sql' as book with context %}
select
    {{ book.seq('mbo') }} as seq,
    mbo.order_id,
    mbo.ts_recv,
    coalesce(mbo.ts_event, mbo.ts_recv) as ts_event,
    coalesce(mbo.price_e9, {{ undef_price }}) as price,
    mbo.size::bigint as size,
    mbo.sequence,
    ascii(mbo.action)::utinyint as action,
    ascii(mbo.side)::utinyint as side,
    mbo.flags
from staging.mbo
where
    mbo.instrument_id = getvariable('contract')
    and mbo.ts_recv < {{ window_end_ns }}
    and {{ book.seq('mbo') }} < getvariable('end_seq')
    and mbo.ts_recv >= {{ last_hole_ns }}
    and mbo.date >= getvariable('first_date')
