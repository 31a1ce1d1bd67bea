{#---
doc: >
  One quantity in one cell against the same quantity in another. Contrast mirror compares a cell of
  the ask side with the bid cell that mirrors it about the level; side compares the bid side of a
  cell with its ask side; gradient compares a cell with the next one farther from the level. The row
  carries the place of the first of the two. Null where both are empty, or out of reach of their
  sides (mean reach of the two below 0.2).
grain: [session, instrument_id, bucket_end, level_id, contrast, side, zone, band]
as_of: bucket_end
columns:
  contrast: VARCHAR | text | mirror, side or gradient
  zone:     VARCHAR | text | above, at or below the level; of a gradient from the level on, above or below
  reach:    DOUBLE  | 0..1 | mean over the two cells of the share of prices where their side could rest
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/time.sql' as time with context %}
{% set contrasts = features['pressure.contrasts_5s'] %}
{% set quantities = [
    'add_qty', 'pull_qty', 'fill_qty', 'in_qty', 'out_away_qty', 'out_toward_qty', 'depth_end',
    'orders_end',
] %}
with cells as (
    select
        cells_5s.*,
        levels_5s.used_since,
        cells_5s.n_reach_start + cells_5s.n_reach_end as n_reach,
        cells_5s.in_away_qty + cells_5s.in_toward_qty as in_qty
    from pressure.cells_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
),

places as (
    {{ pressure.places() }}
),

-- at the level mirror and side are the same two cells, and so is there but one of them
pairs as (
    select
        'mirror' as contrast,
        zone,
        band,
        side,
        zone as first_zone,
        'bid' as other_side,
        case zone when 'above' then 'below' when 'below' then 'above' else 'at' end as other_zone,
        band as other_band
    from places
    where side = 'ask'
    union all
    select
        'side' as contrast,
        zone,
        band,
        side,
        zone as first_zone,
        'ask' as other_side,
        zone as other_zone,
        band as other_band
    from places
    where side = 'bid' and band > 0
    union all
    select
        'gradient' as contrast,
        zone,
        (band - 1)::tinyint as band,
        side,
        if(band = 1, 'at', zone) as first_zone,
        side as other_side,
        zone as other_zone,
        band as other_band
    from places
    where band > 0
),

paired as (
    select
        pairs.contrast,
        pairs.zone as place,
        cells.*,
        {% for quantity in quantities %}
        others.{{ quantity }} as other_{{ quantity }},
        {% endfor %}
        others.n_reach as other_n_reach,
        others.n_ticks as other_n_ticks
    from pairs
    inner join cells
        on
            pairs.side = cells.side
            and pairs.first_zone = cells.zone
            and pairs.band = cells.band
    inner join cells as others
        on
            cells.bucket_end = others.bucket_end
            and cells.level_id = others.level_id
            and pairs.other_side = others.side
            and pairs.other_zone = others.zone
            and pairs.other_band = others.band
),

-- both reaches over one denominator, since a mean of two doubles may miss 0.2
reached as (
    select
        *,
        (n_reach * other_n_ticks + other_n_reach * n_ticks) / (4 * n_ticks * other_n_ticks)
            as mean_reach
    from paired
),

ordered as (
    select
        *,
        {{ time.buckets_since('used_since') }} as n_before
    from reached
    order by level_id, used_since, contrast, side, place, band, bucket_end
),

defined as (
    select
        {{ pressure.values(contrasts, pressure.is_reached('mean_reach')) }}
        session,
        instrument_id,
        bucket_end,
        level_id,
        contrast,
        side,
        place as zone,
        band,
        n_before,
        mean_reach as reach
    from ordered
),

lagged as (
    select
        {{ pressure.lags(contrasts, of_rows_in_order=true) }}
        *
    from defined
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    contrast,
    side,
    zone,
    band,
    reach,
    {{ pressure.differences(contrasts) }}
from lagged
