{#---
doc: >
  What the orders behind a cell are like: whether few hold it, whether old ones leave it, whether
  large ones do, and whether what trades comes back. Null where the cell is out of reach of its side
  (reach below 0.2) or has nothing to compare, and a difference where a value before is null.
grain: [session, instrument_id, bucket_end, level_id, side, zone, band]
as_of: bucket_end
lookback: {book.pull_sizes: 1}
columns:
  rest_qty:       BIGINT | lots   | resting as it ends
  squared_qty:    BIGINT | lots^2 | the squares of the orders' sizes, added up
  largest_qty:    BIGINT | lots   | the largest of the orders
  rest_age_ns:    BIGINT | ns     | median age of the orders that rest as it ends, the younger of the middle two
  pull_age_ns:    BIGINT | ns     | median age of the orders that were withdrawn
  large_pull_qty: BIGINT | lots   | of that at least as much at once as nine tenths of the session before; null without one
  readd_qty:      BIGINT | lots   | added within 0.3 s after an order of that size, to a tenth, traded away there
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
{% import 'macros/pressure.sql' as pressure with context %}
{% set orders = features['pressure.orders_5s'] %}
{% set soon_ns = 300000000 %}
with past as (
    select max(p90_qty) as large_qty
    from book.pull_sizes
    where session < date '{{ session }}'
),

rested as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        resting_5s.is_bid,
        {{ pressure.way('resting_5s') }} as way,
        ({{ pressure.band('abs(resting_5s.tick - levels_5s.tick)') }})::tinyint as band,
        count(*) as n_orders,
        sum(resting_5s.qty)::bigint as rest_qty,
        sum(resting_5s.qty::bigint * resting_5s.qty)::bigint as squared_qty,
        max(resting_5s.qty)::bigint as largest_qty,
        -- counted from the latest on, so that of the middle two it is the younger
        greatest(
            epoch_us(levels_5s.bucket_end) * 1000 - quantile_disc(resting_5s.entered_at, -0.5), 0
        ) as rest_age_ns
    from pressure.levels_5s
    inner join book.resting_5s
        on {{ pressure.is_near('resting_5s') }}
    group by levels_5s.bucket_end, levels_5s.level_id, resting_5s.is_bid, way, band
),

pulled as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        pulls.is_bid,
        {{ pressure.way('pulls') }} as way,
        ({{ pressure.band('abs(pulls.tick - levels_5s.tick)') }})::tinyint as band,
        quantile_disc(pulls.age_ns, 0.5) as pull_age_ns,
        sum(if(pulls.qty >= (select past.large_qty from past), pulls.qty, 0))::bigint
            as large_pull_qty
    from pressure.levels_5s
    inner join book.pulls
        on {{ pressure.is_near('pulls') }}
    group by levels_5s.bucket_end, levels_5s.level_id, pulls.is_bid, way, band
),

-- an order that trades away may do so in parts; an id may come back and trade away again
fills as (
    select
        order_id,
        is_bid,
        tick,
        seq,
        ts_recv,
        qty,
        orders_delta,
        coalesce(sum(orders_delta) over life, 0) as n_ended
    from book.compound_changes
    where kind = {{ kinds.code('fill') }}
    window life as (
        partition by order_id, is_bid, tick
        order by seq
        rows between unbounded preceding and 1 preceding
    )
),

traded_away as (
    select
        is_bid,
        tick,
        max(seq) as seq,
        max(ts_recv) as ts_recv,
        sum(qty)::bigint as qty
    from fills
    group by order_id, is_bid, tick, n_ended
    having min(orders_delta) < 0
),

-- times cut into slots turn soon after into equal
slots as (
    select
        *,
        unnest([ts_recv // {{ soon_ns }}, ts_recv // {{ soon_ns }} + 1]) as slot
    from traded_away
),

added as (
    select
        {{ book.bucket_end('ts_recv') }} as bucket_end,
        is_bid,
        tick,
        seq,
        ts_recv,
        qty,
        ts_recv // {{ soon_ns }} as slot
    from book.coded_changes
    where kind = {{ kinds.code('add') }} and ts_recv >= {{ window_start_ns }}
),

-- joined first, for a semi join on more than equal keys compares everything with everything
added_again as (
    select distinct
        added.bucket_end,
        added.is_bid,
        added.tick,
        added.qty,
        added.seq
    from added
    inner join slots using (is_bid, tick, slot)
    where
        added.seq > slots.seq
        and added.ts_recv - slots.ts_recv <= {{ soon_ns }}
        and 10 * abs(added.qty - slots.qty) <= slots.qty
),

again as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        added_again.is_bid,
        {{ pressure.way('added_again') }} as way,
        ({{ pressure.band('abs(added_again.tick - levels_5s.tick)') }})::tinyint as band,
        sum(added_again.qty)::bigint as readd_qty
    from pressure.levels_5s
    inner join added_again
        on {{ pressure.is_near('added_again') }}
    group by levels_5s.bucket_end, levels_5s.level_id, added_again.is_bid, way, band
),

cells as (
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
        coalesce(rested.n_orders, 0) as n_orders,
        coalesce(rested.rest_qty, 0) as rest_qty,
        coalesce(rested.squared_qty, 0) as squared_qty,
        coalesce(rested.largest_qty, 0) as largest_qty,
        rested.rest_age_ns,
        pulled.pull_age_ns,
        if(past.large_qty is null, null, coalesce(pulled.large_pull_qty, 0)) as large_pull_qty,
        coalesce(again.readd_qty, 0) as readd_qty
    from cells
    cross join past
    left join rested using (bucket_end, level_id, is_bid, way, band)
    left join pulled using (bucket_end, level_id, is_bid, way, band)
    left join again using (bucket_end, level_id, is_bid, way, band)
),

defined as (
    select
        {{ pressure.values(orders, 'reach >= 0.2') }}
        *
    from counted
),

lagged as (
    select
        {{ pressure.lags(orders) }}
        *
    from defined
    window series as (
        partition by level_id, used_since, side, zone, band
        order by bucket_end
    )
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
