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

recent as (
    select
        *,
        if(count(*) over before = {{ time.MINUTE }}, sum(n_events) over before, null)::bigint
            as n_events_before,
        {{ time.pooled('sum(n_events) over minute') }}::bigint as n_events_60s,
        (sum(n_events * n_events) over minute)::bigint as n_events_squared
    from counted
    window
        before as (
            partition by level_id, used_since, side, zone, band
            order by bucket_end
            {{ time.minute_before() }}
        ),
        minute as (
            partition by level_id, used_since, side, zone, band
            order by bucket_end
            {{ time.last_minute() }}
        )
),

-- variance over mean of the minute's counts
clustered as (
    select
        *,
        ({{ time.MINUTE }} * n_events_squared - n_events_60s * n_events_60s)
        / ({{ time.MINUTE }} * n_events_60s) as fano
    from recent
),

-- the order of the file: for the last time here, where rows carry the least
ordered as (
    select
        *,
        {{ time.buckets_since('used_since') }} as n_before
    from clustered
    order by level_id, used_since, side, zone, band, bucket_end
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
    from ordered
),

lagged as (
    select
        {{ pressure.lags_in_order(ratios) }}
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
