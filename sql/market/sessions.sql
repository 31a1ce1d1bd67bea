{#---
doc: One row per session of the root; its contract, its window, what landed of it and what is missing.
grain: [session, root]
as_of: window end
columns:
  instrument_id:       UINTEGER  | id      | contract of the session's book, null where none landed
  window_start:        TIMESTAMP | UTC     | start of the model window, inclusive
  window_end:          TIMESTAMP | UTC     | end of the model window, exclusive
  landed:              VARCHAR[] | text    | vendor schemas that landed for the session's dates
  trades_from:         VARCHAR   | text    | schema the contract's trades come from, null where none landed
  traded_qty:          BIGINT    | lots    | traded in the window
  filled_qty:          BIGINT    | lots    | fills in the window, of resting, hidden and unknown orders
  fill_gap_qty:        BIGINT    | lots    | traded less filled, implied and unattributed trades, null without orders
  n_unknown:           BIGINT    | records | modifies and cancels in the window of ids that do not rest
  n_silent_buckets:    BIGINT    | buckets | buckets of the window in which nothing changed or traded
  n_silent_minutes:    BIGINT    | minutes | minutes of the window in which nothing changed or traded
  n_options:           BIGINT    | number  | calls and puts on the root's futures, see options.contracts
  n_option_spreads:    BIGINT    | number  | spreads of options and what users defined, of any root; left out
  option_spread_share: DOUBLE    | 0..1    | lots of those spreads in all lots of options since the overnight open, a spread's counted once; null where none traded
  missing:             VARCHAR   | text    | what the landed records cannot say or may lack, null where nothing is missing
---#}
{% import 'macros/book.sql' as book with context %}
{% set minute_ns = 60 * 1000000000 %}
with present as (
    select 'mbo' as schema
    where exists (from staging.mbo)
    union all
    select 'mbp-1' as schema
    where exists (from staging.mbp_1)
    union all
    select 'trades' as schema
    where exists (from staging.trades)
    union all
    select 'tbbo' as schema
    where exists (from staging.tbbo)
    union all
    select 'bbo' as schema
    where exists (from staging.bbo)
    union all
    select 'ohlcv' as schema
    where exists (from staging.ohlcv)
    union all
    select 'definition' as schema
    where exists (from staging.definitions)
    union all
    select 'statistics' as schema
    where exists (from staging.statistics)
    union all
    select 'status' as schema
    where exists (from staging.status)
),

landed as (
    select list(schema order by schema) as schemas
    from present
),

roots as (
    select '{{ root }}' as root
),

front as (
    select
        roots.root,
        fronts.instrument_id,
        fronts.raw_symbol,
        fronts.tick_size,
        fronts.chosen_by
    from roots
    left join market.fronts using (root)
),

source as (
    select max(prints.source) as trades_from
    from market.prints
    inner join market.fronts using (instrument_id)
),

traded as (
    select sum(buy_qty + sell_qty + unsided_qty)::bigint as traded_qty from market.trades_5s
),

booked as (
    select
        sum(fill_qty + hidden_fill_qty + unknown_fill_qty)::bigint as filled_qty,
        sum(n_unknown)::bigint as n_unknown
    from book.flow_5s
),

silent as (
    select
        reason,
        string_agg(kind, ', ' order by kind) as kinds
    from levels.absences
    where is_tracked
    group by reason
),

absent as (
    select string_agg('no ' || kinds || ': ' || reason, '; ' order by kinds) as levels from silent
),

active_buckets as (
    select bucket_end from book.flow_5s
    union
    select bucket_end from market.trades_5s
),

active_minutes as (
    select
        bucket_end,
        (epoch_us(bucket_end) * 1000 - {{ window_start_ns + bucket_ns }})
        // {{ minute_ns }} as minute
    from active_buckets
),

active as (
    select
        count(*) as n_active,
        count(distinct minute) as n_active_minutes
    from active_minutes
),

contracts as (
    select count(*) as n_options from options.contracts
),

option_spreads as (
    select distinct instrument_id
    from staging.definitions
    where (instrument_class in ('T', 'M') or is_user_defined) and ts_recv < {{ window_end_ns }}
),

spreads as (
    select count(*) as n_option_spreads from option_spreads
),

option_lots as (
    select
        prints.size,
        true as is_spread
    from market.prints
    semi join option_spreads using (instrument_id)
    union all
    select
        size,
        false as is_spread
    from options.option_trades
),

spread_lots as (
    select share(coalesce(sum(size) filter (where is_spread), 0), sum(size)) as option_spread_share
    from option_lots
),

chained as (
    select
        count(*) as n_rows,
        count(forward) as n_forwards,
        count(oi) as n_open
    from options.chain_5s
),

unoptioned as (
    select
        case
            when contracts.n_options = 0 then 'no options landed'
            when chained.n_rows = 0 then 'no quotes of options landed: no chain'
            when chained.n_forwards = 0
                then 'no quotes of the futures that options deliver: no implied vol'
        end as vols,
        if(
            chained.n_rows > 0 and chained.n_open = 0,
            'no open interest of options: no gamma exposure',
            null
        ) as exposure
    from contracts
    cross join chained
)

select
    date '{{ session }}' as session,
    front.root,
    front.instrument_id,
    front.raw_symbol,
    front.tick_size,
    front.chosen_by,
    {{ book.window_edge(window_start_ns) }} as window_start,
    {{ book.window_edge(window_end_ns) }} as window_end,
    landed.schemas as landed,
    source.trades_from,
    coalesce(traded.traded_qty, 0) as traded_qty,
    booked.filled_qty,
    coalesce(traded.traded_qty, 0) - booked.filled_qty as fill_gap_qty,
    booked.n_unknown,
    {{ (window_end_ns - window_start_ns) // bucket_ns }} - active.n_active as n_silent_buckets,
    {{ (window_end_ns - window_start_ns + minute_ns - 1) // minute_ns }} - active.n_active_minutes
        as n_silent_minutes,
    feed_faults.n_maybe_bad_book,
    feed_faults.n_bad_clock,
    feed_faults.n_steps_back,
    feed_faults.max_step_back_ns,
    vendor_conditions.vendor_condition,
    contracts.n_options,
    spreads.n_option_spreads,
    spread_lots.option_spread_share,
    nullif(concat_ws(
        '; ',
        vendor_conditions.said,
        if(front.instrument_id is null, 'no outright of {{ root }} landed', null),
        if(not list_contains(landed.schemas, 'mbo'), 'no orders landed: no book', null),
        if(source.trades_from is null, 'no trades landed', null),
        if(
            not list_contains(landed.schemas, 'definition'),
            'no definition landed: tick size from the settings',
            null
        ),
        if(
            not list_contains(landed.schemas, 'statistics'),
            'no statistics landed: no settlement, no open interest',
            null
        ),
        absent.levels,
        unoptioned.vols,
        unoptioned.exposure
    ), '') as missing
from front
cross join landed
cross join source
cross join traded
cross join booked
cross join active
cross join market.feed_faults
cross join market.vendor_conditions
cross join absent
cross join contracts
cross join spreads
cross join spread_lots
cross join unoptioned
