{#---
doc: >
  The core features wide, for models that want one row per level and bucket. A column is called
  feature__side_zone_span, with _d1, _d2 and _d3 for its differences; near is bands 1 and 2, far is
  bands 3 to 5, and a feature of either is computed from what their cells hold together, null where
  their mean reach is below 0.2. Features of a quarter of the book end in side_zone, those of a
  level in nothing. Those of options end in the set of expiries (0dte, all) and the price, at the
  level or a gap between strikes above or below it; null in sessions without options. Every column
  but those of near and far is also in its own long relation.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/wide.sql' as wide %}
{% set cell_features = registry.core['pressure.ratios_5s'] + registry.core['pressure.orders_5s'] %}
with cells as (
    select
        cells_5s.*,
        orders_5s.n_orders,
        orders_5s.rest_qty,
        orders_5s.squared_qty,
        orders_5s.largest_qty,
        orders_5s.large_pull_qty,
        orders_5s.readd_qty,
        levels_5s.used_since,
        case
            when cells_5s.band = 0 then cells_5s.side || '_at'
            when cells_5s.band <= 2 then cells_5s.side || '_' || cells_5s.zone || '_near'
            else cells_5s.side || '_' || cells_5s.zone || '_far'
        end as place
    from pressure.cells_5s
    inner join pressure.orders_5s
        using (session, instrument_id, bucket_end, level_id, side, zone, band)
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
    where cells_5s.band <= 5
),

summed as (
    select
        bucket_end,
        level_id,
        used_since,
        {{ pressure.reach('sum(n_reach_start + n_reach_end)', 'sum(n_ticks)') }} as mean_reach,
        max(largest_qty) as largest_qty,
        -- in whole lots x ns, which add up the same in any order
        sum(round(depth_twa * {{ bucket_ns }})::bigint)::bigint / {{ bucket_ns }} as depth_twa,
        sum(in_away_qty + in_toward_qty)::bigint as in_qty,
        sum(out_away_qty + out_toward_qty)::bigint as out_qty,
        {% for name in [
            'add_qty', 'pull_qty', 'fill_qty', 'refill_qty', 'hidden_fill_qty', 'out_away_qty',
            'out_toward_qty', 'n_add', 'n_pull', 'pull_5s_qty', 'n_orders', 'rest_qty',
            'squared_qty', 'large_pull_qty', 'readd_qty',
        ] %}
        sum({{ name }})::bigint as {{ name }},
        {% endfor %}
        place
    from cells
    group by bucket_end, level_id, used_since, place
),

ordered as (
    select
        *,
        {{ time.buckets_since('used_since') }} as n_before
    from summed
    order by level_id, used_since, place, bucket_end
),

defined as (
    select
        bucket_end,
        level_id,
        n_before,
        {{ pressure.values(cell_features, pressure.is_reached('mean_reach')) }}
        place
    from ordered
),

lagged as (
    select
        {{ pressure.lags(cell_features, of_rows_in_order=true) }}
        *
    from defined
),

spans as materialized (
    select
        bucket_end,
        level_id,
        place,
        {{ pressure.differences(cell_features) }}
    from lagged
)

select
    states_5s.session,
    states_5s.instrument_id,
    states_5s.bucket_end,
    states_5s.level_id,
    states_5s.price,
    states_5s.approach,
    {{ wide.columns(registry.wide) }}
from pressure.states_5s
inner join pressure.tape_5s using (session, instrument_id, bucket_end, level_id)
inner join pressure.imbalance_5s using (session, instrument_id, bucket_end)
{{ wide.joins(registry.wide) }}
order by states_5s.bucket_end, states_5s.level_id
