{#---
doc: >
  How the book of the session's contract begins, one row: a clear or a snapshot tells all that rests,
  any other first record leaves out what was entered before it.
grain: [book_complete]
as_of: window end
columns:
  book_complete: BOOLEAN | flag    | a clear or a snapshot comes before the window, or else is its first record
  known_from_ns: BIGINT | ns, UTC | the first of them, else the first record of the book; null where no orders landed
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
        and mbo.ts_recv >= {{ last_hole_ns }}
        and mbo.date >= (select opening.first_date from book.opening)
),

starts as (
    select
        arg_min(is_opening, seq) as is_opened_at_once,
        arg_min(ts_recv, seq) as first_ns,
        -- what came before it no longer rests, or is said again
        arg_min(ts_recv, seq) filter (where is_opening and ts_recv <= {{ window_start_ns }})
            as opened_ns
    from records
)

select
    opened_ns is not null or is_opened_at_once as book_complete,
    coalesce(opened_ns, first_ns) as known_from_ns
from starts
