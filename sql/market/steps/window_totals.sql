{#---
doc: >
  What traded and what the book filled in the window, and in how much of it nothing happened, one
  row; null where there is no book.
grain: [traded_qty]
as_of: window end
columns:
  n_off_grid_trades: BIGINT | records | trades in the window between two ticks
  n_unknown: BIGINT | records | modifies and cancels in the window of ids that do not rest
---#}
{% import 'macros/time.sql' as time with context %}
with source as (
    select max(prints.source) as trades_from
    from market.prints
    inner join market.fronts using (instrument_id)
),

traded as (
    select coalesce(sum(buy_qty + sell_qty + unsided_qty)::bigint, 0) as traded_qty
    from market.trades_5s
),

booked as (
    select
        sum(fill_qty + hidden_fill_qty + unknown_fill_qty)::bigint as filled_qty,
        sum(n_unknown)::bigint as n_unknown
    from book.flow_5s
),

off_grid as (
    select count(*) as n_off_grid_trades
    from market.prints
    inner join market.fronts using (instrument_id)
    where prints.ts_recv >= {{ window_start_ns }} and prints.price_e9 % fronts.tick_e9 <> 0
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
        // {{ time.MINUTE_NS }} as minute
    from active_buckets
),

active as (
    select
        count(*) as n_buckets,
        count(distinct minute) as n_minutes
    from active_minutes
)

select
    source.trades_from,
    traded.traded_qty,
    booked.filled_qty,
    booked.n_unknown,
    off_grid.n_off_grid_trades,
    {{ (window_end_ns - window_start_ns) // bucket_ns }} - active.n_buckets as n_silent_buckets,
    -- a minute that the window cuts counts whole
    {{ (window_end_ns - window_start_ns + time.MINUTE_NS - 1) // time.MINUTE_NS }}
    - active.n_minutes as n_silent_minutes
from source
cross join traded
cross join booked
cross join off_grid
cross join active
