{#---
doc: >
  The adds, modifies and cancels of the session's contract, from the day's snapshot to the end of
  the window.
grain: [seq]
as_of: ts_recv
columns:
  action:   UTINYINT | code    | 1 add of a snapshot, 2 add, 3 modify, 4 cancel
  size:     BIGINT   | lots    | size the record states
  ts_event: BIGINT   | ns, UTC | when the venue acted; of a snapshot when the order was entered
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/state.sql' as state %}
select
    {{ book.seq('mbo') }} as seq,
    mbo.event_no,
    mbo.order_id,
    case
        when mbo.action = 'C' then {{ state.CANCEL }}
        when mbo.action = 'M' then {{ state.MODIFY }}
        when mbo.flags & 32 > 0 then {{ state.SNAPSHOT }}
        else {{ state.ADD }}
    end::utinyint as action,
    mbo.side = 'B' as is_bid,
    {{ book.tick('mbo.price_e9', 'fronts.tick_e9') }} as tick,
    mbo.size::bigint as size,
    mbo.ts_recv,
    mbo.ts_event
from staging.mbo
inner join market.fronts using (instrument_id)
where
    -- inequalities, which DuckDB checks five times faster than a list of what is wanted
    mbo.action <> 'T' and mbo.action <> 'F' and mbo.action <> 'R' and mbo.action <> 'N'
    and mbo.ts_recv < {{ window_end_ns }}
    and mbo.date >= (select opening.first_date from book.opening)
