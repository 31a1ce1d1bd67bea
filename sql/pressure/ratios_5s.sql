{#---
doc: >
  Every registered ratio of a cell, what it is over, and its first, second and third difference
  over the buckets before. Null where there is nothing to compare, where the cell is out of reach
  of its side (reach below 0.2), and a difference where a value before is null. The numbers that
  the ratios are made of are in pressure.cells_5s.
grain: [session, instrument_id, bucket_end, level_id, side, zone, band]
as_of: bucket_end
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/time.sql' as time with context %}
{% set ratios = features['pressure.ratios_5s'] %}
{% macro earlier(total, n) -%}
coalesce(lag({{ total }}, {{ n }}) over (), 0)
{%- endmacro %}
with counted as (
    select
        cells_5s.*,
        levels_5s.used_since,
        cells_5s.in_away_qty + cells_5s.in_toward_qty as in_qty,
        cells_5s.out_away_qty + cells_5s.out_toward_qty as out_qty,
        cells_5s.n_add + cells_5s.n_pull + cells_5s.n_fill as n_events
    from pressure.cells_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
),

-- the order of the file, for good: rows carry the least here
ordered as (
    select
        *,
        {{ time.buckets_since('used_since') }} as n_before
    from counted
    order by level_id, used_since, side, zone, band, bucket_end
),

-- over all rows, so that a minute's events are those up to its end less those up to its start
running as (
    select
        *,
        sum(n_events) over so_far as n_so_far,
        sum(n_events * n_events) over so_far as squared_so_far
    from ordered
    window so_far as (rows between unbounded preceding and current row)  -- noqa: PRS
),

recent as (
    select
        *,
        if(
            n_before >= {{ time.MINUTE }},
            {{ earlier('n_so_far', 1) }} - {{ earlier('n_so_far', time.MINUTE + 1) }},
            null
        )::bigint as n_events_before,
        if(
            n_before >= {{ time.MINUTE - 1 }},
            n_so_far - {{ earlier('n_so_far', time.MINUTE) }},
            null
        )::bigint as n_events_60s,
        (squared_so_far - {{ earlier('squared_so_far', time.MINUTE) }})::bigint as n_events_squared
    from running
),

-- variance over mean of the minute's counts
clustered as (
    select
        *,
        ({{ time.MINUTE }} * n_events_squared - n_events_60s * n_events_60s)
        / ({{ time.MINUTE }} * n_events_60s) as fano
    from recent
),

defined as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        side,
        zone,
        band,
        n_before,
        {{ pressure.values(ratios, pressure.is_reached('reach')) }}
        reach
    from clustered
),

lagged as (
    select
        {{ pressure.lags(ratios, of_rows_in_order=true) }}
        *
    from defined
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    side,
    zone,
    band,
    reach,
    {{ pressure.differences(ratios) }}
from lagged
