{#---
doc: The records that empty the book of the session's contract.
grain: [seq]
as_of: ts_recv
---#}
{% import 'macros/book.sql' as book with context %}
select
    {{ book.seq('mbo') }} as seq,
    mbo.event_no,
    mbo.ts_recv,
    mbo.ts_event
from staging.mbo
inner join market.fronts using (instrument_id)
where
    mbo.action = 'R'
    and mbo.ts_recv < {{ window_end_ns }}
    and mbo.date >= (select opening.first_date from book.opening)
