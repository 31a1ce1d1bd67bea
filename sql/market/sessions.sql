{#---
doc: One row per session of the root; its contract, its window, what landed of it and what is missing.
grain: [session, root]
as_of: window end
columns:
  n_unknown:         BIGINT    | records | modifies and cancels in the window of ids that do not rest
  n_off_grid_trades: BIGINT    | records | trades of the window between two ticks, counted at the nearest
  n_unknown_actions: BIGINT    | records | of the window, of no known action or orders without a side, which change nothing
  instrument_id:     UINTEGER  | id      | contract of the session's book, null where none landed
  window_start:      TIMESTAMP | UTC     | start of the model window, inclusive
  window_end:        TIMESTAMP | UTC     | end of the model window, exclusive
  landed_until:      TIMESTAMP | UTC     | end of what landed of the contract, by headers or else the last record; no bucket that begins then or later has a row
  book_complete:     BOOLEAN   | flag    | a clear or a snapshot opened the book by the window's start, or as its first record; false where orders from before that are not in it, null without orders
  book_known_from:   TIMESTAMP | UTC     | that clear or snapshot, else the first record of the book
  fill_gap_qty:      BIGINT    | lots    | traded less filled, implied and unattributed trades, null without orders
  incomplete:        VARCHAR   | text    | what makes the session look other than it was, as records of the contract that did not land, a book without a start, a tick size that is too small
  missing:           VARCHAR   | text    | what the landed records cannot say or may lack, null where nothing is missing
---#}
{% import 'macros/time.sql' as time with context %}
with front as (
    select
        roots.root,
        fronts.instrument_id,
        fronts.raw_symbol,
        fronts.tick_size,
        fronts.chosen_by
    from (values ('{{ root }}')) as roots (root)
    left join market.fronts using (root)
)

select
    date '{{ session }}' as session,
    front.root,
    front.instrument_id,
    front.raw_symbol,
    front.tick_size,
    front.chosen_by,
    {{ time.at(window_start_ns) }} as window_start,
    {{ time.at(window_close_ns) }} as window_end,
    {{ time.at(landed_until_ns) }} as landed_until,
    book_start.book_complete,
    {{ time.at('book_start.known_from_ns') }} as book_known_from,
    landed_schemas.landed,
    window_totals.trades_from,
    window_totals.traded_qty,
    window_totals.filled_qty,
    window_totals.traded_qty - window_totals.filled_qty as fill_gap_qty,
    window_totals.n_unknown,
    window_totals.n_off_grid_trades,
    feed_faults.n_unknown_actions,
    window_totals.n_silent_buckets,
    window_totals.n_silent_minutes,
    feed_faults.n_maybe_bad_book,
    feed_faults.n_bad_clock,
    feed_faults.n_steps_back,
    feed_faults.max_step_back_ns,
    vendor_conditions.vendor_condition,
    option_coverage.n_options,
    option_coverage.n_option_spreads,
    option_coverage.option_spread_share,
    option_coverage.option_quotes,
    missing.missing,
    missing.incomplete
from front
cross join market.landed_schemas
cross join market.window_totals
cross join market.feed_faults
cross join market.book_start
cross join market.vendor_conditions
cross join options.option_coverage
cross join market.missing
