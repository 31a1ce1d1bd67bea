{#---
doc: >
  How the book of the session's contract begins, one row: a clear or a snapshot tells all that rests,
  any other first record leaves out what was entered before it.
grain: [book_complete]
as_of: window end
columns:
  book_complete: BOOLEAN | flag    | a clear or a snapshot is its first record
  known_from_ns: BIGINT | ns, UTC | first record of the book, null where no orders landed
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/vendor.sql' as vendor %}
with records as (
    select
        mbo.ts_recv,
        {{ book.seq('mbo') }} as seq,
        mbo.action = 'R' or {{ vendor.has('mbo.flags', vendor.SNAPSHOT) }} as is_opening
    from staging.mbo
    inner join market.fronts using (instrument_id)
    where
        mbo.ts_recv < {{ window_end_ns }}
        and mbo.date >= (select opening.first_date from book.opening)
)

select
    arg_min(is_opening, seq) as book_complete,
    arg_min(ts_recv, seq) as known_from_ns
from records
