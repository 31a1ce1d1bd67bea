{#---
doc: >
  The fills of the session's contract, one row per fill record: they change no size themselves but
  tell what a modify or a cancel of the same event took away.
grain: [seq]
as_of: ts_recv
columns:
  side: VARCHAR | code | B bid, A ask, N none
  size: BIGINT  | lots | filled
---#}
{% import 'macros/book.sql' as book with context %}
select
    {{ book.seq('trades_and_fills') }} as seq,
    trades_and_fills.event_no,
    trades_and_fills.order_id,
    trades_and_fills.side,
    {{ book.tick('trades_and_fills.price_e9', 'fronts.tick_e9') }} as tick,
    trades_and_fills.size::bigint as size,
    trades_and_fills.ts_recv,
    trades_and_fills.ts_event
from market.trades_and_fills
inner join market.fronts using (instrument_id)
where
    trades_and_fills.action = 'F'
    and trades_and_fills.date >= (select opening.first_date from book.opening)
