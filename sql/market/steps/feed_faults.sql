{#---
doc: >
  What the contract's own records say is wrong with the feed in the window, one row. The vendor
  flags what follows a gap in the venue's sequence that could not be closed, and receive times it
  does not trust; a clock that steps back is seen in the order of the file.
grain: [n_records]
as_of: window end
constants:  # compared with a constant rows keep the order of their files, which a join gives up
  contract: select instrument_id from market.fronts
columns:
  n_records:         BIGINT | records | market-by-order records of the contract in the window
  n_unknown_actions: BIGINT | records | of no known action, and orders without a side, which change nothing
---#}
{% import 'macros/vendor.sql' as vendor %}
with records as (
    select
        mbo.flags,
        mbo.ts_recv,
        mbo.action not in ('A', 'C', 'M', 'R', 'T', 'F', 'N')
        or (mbo.action in ('A', 'C', 'M') and mbo.side not in ('A', 'B')) as is_ignored,
        -- without an order a window runs in that of the file, which costs no sort
        lag(mbo.ts_recv) over () - mbo.ts_recv as step_back_ns
    from staging.mbo
    where mbo.instrument_id = getvariable('contract')
)

select
    count(*) as n_records,
    count(*) filter (where {{ vendor.has('flags', vendor.MAYBE_BAD_BOOK) }}) as n_maybe_bad_book,
    count(*) filter (where {{ vendor.has('flags', vendor.BAD_CLOCK) }}) as n_bad_clock,
    count(*) filter (where step_back_ns > 0) as n_steps_back,
    max(step_back_ns) filter (where step_back_ns > 0) as max_step_back_ns,
    count(*) filter (where is_ignored) as n_unknown_actions
from records
where
    ts_recv >= {{ window_start_ns }} and ts_recv < {{ window_end_ns }}
    -- a snapshot's records carry the times and flags of what they repeat
    and not {{ vendor.has('flags', vendor.SNAPSHOT) }}
