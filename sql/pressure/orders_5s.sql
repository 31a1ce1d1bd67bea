{#---
doc: >
  What the orders behind a cell are like: whether few hold it, whether old ones leave it, whether
  large ones do, and whether what trades comes back. Null where the cell is out of reach of its side
  (reach below 0.2) or has nothing to compare, and a difference where a value before is null.
grain: [session, instrument_id, bucket_end, level_id, side, zone, band]
as_of: bucket_end
columns:
  rest_qty:       BIGINT | lots   | resting as it ends
  squared_qty:    BIGINT | lots^2 | the squares of the orders' sizes, added up
  largest_qty:    BIGINT | lots   | the largest of the orders
  rest_age_ns:    BIGINT | ns     | median age of the orders that rest as it ends, the younger of the middle two
  pull_age_ns:    BIGINT | ns     | median age of the orders that were withdrawn
  large_pull_qty: BIGINT | lots   | of that at least as much at once as nine tenths of the session before; null without one
  readd_qty:      BIGINT | lots   | added within 0.3 s after an order of that size, to a tenth, traded away there
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/time.sql' as time with context %}
{% set orders = features['pressure.orders_5s'] %}
with cells as (
    select
        cells_5s.session,
        cells_5s.instrument_id,
        cells_5s.bucket_end,
        cells_5s.level_id,
        cells_5s.side,
        cells_5s.side = 'bid' as is_bid,
        cells_5s.zone,
        cells_5s.band,
        case cells_5s.zone when 'above' then 1 when 'below' then -1 else 0 end::tinyint as way,
        cells_5s.reach,
        cells_5s.n_pull,
        cells_5s.pull_qty,
        cells_5s.fill_qty,
        levels_5s.used_since
    from pressure.cells_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
),

counted as (
    select
        cells.*,
        coalesce(resting_cells_5s.n_orders, 0) as n_orders,
        coalesce(resting_cells_5s.rest_qty, 0) as rest_qty,
        coalesce(resting_cells_5s.squared_qty, 0) as squared_qty,
        coalesce(resting_cells_5s.largest_qty, 0) as largest_qty,
        resting_cells_5s.rest_age_ns,
        pulled_cells_5s.pull_age_ns,
        if(large_pulls.large_qty is null, null, coalesce(pulled_cells_5s.large_pull_qty, 0))
            as large_pull_qty,
        coalesce(readd_cells_5s.readd_qty, 0) as readd_qty
    from cells
    cross join book.large_pulls
    left join pressure.resting_cells_5s using (bucket_end, level_id, is_bid, way, band)
    left join pressure.pulled_cells_5s using (bucket_end, level_id, is_bid, way, band)
    left join pressure.readd_cells_5s using (bucket_end, level_id, is_bid, way, band)
),

ordered as (
    select
        *,
        {{ time.buckets_since('used_since') }} as n_before
    from counted
    order by level_id, used_since, side, zone, band, bucket_end
),

defined as (
    select
        {{ pressure.values(orders, pressure.is_reached('reach')) }}
        *
    from ordered
),

lagged as (
    select
        {{ pressure.lags(orders, of_rows_in_order=true) }}
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
    n_orders,
    rest_qty,
    squared_qty,
    largest_qty,
    rest_age_ns,
    pull_age_ns,
    n_pull,
    pull_qty,
    large_pull_qty,
    readd_qty,
    fill_qty,
    {{ pressure.differences(orders) }}
from lagged
