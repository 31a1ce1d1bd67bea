{#---
doc: One row per session of the root; its contract, its window, what landed of it and what is missing.
grain: [session, root]
as_of: window end
columns:
  n_unknown:     BIGINT    | records | modifies and cancels in the window of ids that do not rest
  instrument_id: UINTEGER  | id      | contract of the session's book, null where none landed
  window_start:  TIMESTAMP | UTC     | start of the model window, inclusive
  window_end:    TIMESTAMP | UTC     | end of the model window, exclusive
  fill_gap_qty:  BIGINT    | lots    | traded less filled, implied and unattributed trades, null without orders
  missing:       VARCHAR   | text    | what the landed records cannot say or may lack, null where nothing is missing
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
),

-- what the session cannot say, each null where it can
missing as (
    select
        vendor_conditions.said as days,
        if(front.instrument_id is null, 'no outright of {{ root }} landed', null) as contract,
        if(
            not list_contains(landed_schemas.landed, 'mbo'),
            'no orders landed: no book',
            null
        ) as orders,
        if(window_totals.trades_from is null, 'no trades landed', null) as trades,
        if(
            not list_contains(landed_schemas.landed, 'definition'),
            'no definition landed: tick size from the settings',
            null
        ) as definitions,
        if(
            not list_contains(landed_schemas.landed, 'statistics'),
            'no statistics landed: no settlement, no open interest',
            null
        ) as statistics,
        absent_levels.levels,
        option_coverage.no_vols,
        option_coverage.no_exposure
    from front
    cross join market.landed_schemas
    cross join market.window_totals
    cross join market.vendor_conditions
    cross join levels.absent_levels
    cross join options.option_coverage
)

select
    date '{{ session }}' as session,
    front.root,
    front.instrument_id,
    front.raw_symbol,
    front.tick_size,
    front.chosen_by,
    {{ time.at(window_start_ns) }} as window_start,
    {{ time.at(window_end_ns) }} as window_end,
    landed_schemas.landed,
    window_totals.trades_from,
    window_totals.traded_qty,
    window_totals.filled_qty,
    window_totals.traded_qty - window_totals.filled_qty as fill_gap_qty,
    window_totals.n_unknown,
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
    nullif(concat_ws(
        '; ',
        missing.days,
        missing.contract,
        missing.orders,
        missing.trades,
        missing.definitions,
        missing.statistics,
        missing.levels,
        missing.no_vols,
        missing.no_exposure
    ), '') as missing
from front
cross join market.landed_schemas
cross join market.window_totals
cross join market.feed_faults
cross join market.vendor_conditions
cross join options.option_coverage
cross join missing
