{#---
doc: What the session's landed records cannot say or may lack, in words, one row.
grain: [missing]
as_of: window end
columns:
  missing:    VARCHAR | text | null where nothing is missing
  incomplete: VARCHAR | text | what of that the contract's own records lack or show to be wrong
---#}
{% import 'macros/hours.sql' as hours with context %}
{% import 'macros/time.sql' as time with context %}
with front as (
    select
        roots.root,
        fronts.instrument_id,
        fronts.is_defined
    from (values ('{{ root }}')) as roots (root)
    left join market.fronts using (root)
),

-- each null where there is nothing to say
said as (
    select
        vendor_conditions.said as days,
        if(
            front.instrument_id is null,
            {% if instrument is none %}
            'no outright of {{ root }} landed'
            {% else %}
            'no {{ instrument }} landed'
            {% endif %}
            || coalesce('; there is ' || contracts_landed.names, '')
            || coalesce('; land the definition of ' || contracts_landed.unnamed, ''),
            null
        ) as contract,
        if(
            {{ landed_until_ns }} < {{ window_close_ns }},
            'nothing landed after ' || {{ hours.clock_time(landed_until_ns) }},
            null
        ) as until,
        if(
            {{ options_until_ns }} < least({{ landed_until_ns }}, {{ window_close_ns }}),
            'no option quote landed after ' || {{ hours.clock_time(options_until_ns) }},
            null
        ) as options_until,
        case
            when {{ landed_from_ns }} > {{ window_start_ns }}
                then 'nothing landed before ' || {{ hours.clock_time(landed_from_ns) }}
            -- a minute without a record is no sign yet
            when {{ first_record_ns }} > {{ window_start_ns + time.MINUTE_NS }}
                then 'no record before ' || {{ hours.clock_time(first_record_ns) }}
        end as since,
        if(
            not book_start.book_complete,
            'the book has no start: orders from before '
            || {{ hours.clock_time('book_start.known_from_ns') }} || ' are not in it',
            null
        ) as book,
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
        -- a few prices may be multiples of anything
        if(
            not front.is_defined and price_grid.n_prices >= 10
            and price_grid.grid_e9 > price_grid.tick_e9,
            'tick_size ' || price_grid.tick_e9 / 1e9 || ' looks too small: all '
            || price_grid.n_prices || ' prices are multiples of ' || price_grid.grid_e9 / 1e9,
            null
        ) as grid,
        if(
            not list_contains(landed_schemas.landed, 'statistics'),
            'no statistics landed: no settlement, no open interest',
            null
        ) as statistics,
        absent_levels.levels,
        option_coverage.no_vols,
        option_coverage.no_exposure,
        option_coverage.no_flow,
        option_coverage.sparse,
        option_gaps.futures
    from front
    cross join market.landed_schemas
    cross join market.contracts_landed
    cross join market.window_totals
    cross join market.vendor_conditions
    cross join market.book_start
    cross join levels.absent_levels
    cross join options.option_coverage
    cross join options.option_gaps
    left join market.price_grid on true
)

select
    nullif(concat_ws(
        '; ',
        days,
        contract,
        until,
        options_until,
        since,
        book,
        orders,
        trades,
        definitions,
        grid,
        statistics,
        levels,
        no_vols,
        no_exposure,
        no_flow,
        sparse,
        futures
    ), '') as missing,
    nullif(concat_ws('; ', contract, until, options_until, since, book, grid), '') as incomplete
from said
