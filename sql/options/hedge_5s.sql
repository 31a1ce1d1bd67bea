{#---
doc: >
  Futures that dealers had to trade to stay hedged because customers traded options: in each bucket,
  and summed since the overnight open, of calls and of puts, with the first, second and third
  difference of the sums. Every trade that crossed the spread counts by its delta at the end of the
  bucket before; what came before the window's second bucket by that at the end of its first. Expired
  options stay in the sums. Null before the session's first option trade; no row for a bucket in which
  no option is quoted.
grain: [session, bucket_end, expiry_set]
as_of: bucket_end
columns:
  hedge_call:     DOUBLE | futures   | that dealers have to buy for the calls of this bucket, negative to sell
  hedge_put:      DOUBLE | futures   | that dealers have to buy for the puts of this bucket, negative to sell
  hedge_futures:  DOUBLE | futures   | that dealers have to buy for both
  hedge_call_sum: DOUBLE | futures   | bought for calls since the overnight open
  hedge_put_sum:  DOUBLE | futures   | bought for puts since the overnight open
  hedge_sum:      DOUBLE | futures   | bought for both since the overnight open
  unhedged_qty:   BIGINT | contracts | traded with a side since the overnight open whose delta is not known; in no sum
  unsided_qty:    BIGINT | contracts | traded since the overnight open without a side; in no sum
  hedge_call_sum_d1: DOUBLE | futures | first difference of hedge_call_sum, null where a bucket before is
  hedge_call_sum_d2: DOUBLE | futures | second difference of hedge_call_sum, null where a bucket before is
  hedge_call_sum_d3: DOUBLE | futures | third difference of hedge_call_sum, null where a bucket before is
  hedge_put_sum_d1: DOUBLE | futures | first difference of hedge_put_sum, null where a bucket before is
  hedge_put_sum_d2: DOUBLE | futures | second difference of hedge_put_sum, null where a bucket before is
  hedge_put_sum_d3: DOUBLE | futures | third difference of hedge_put_sum, null where a bucket before is
  hedge_sum_d1: DOUBLE | futures | first difference of hedge_sum, null where a bucket before is
  hedge_sum_d2: DOUBLE | futures | second difference of hedge_sum, null where a bucket before is
  hedge_sum_d3: DOUBLE | futures | third difference of hedge_sum, null where a bucket before is
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/options.sql' as options with context %}
{% import 'macros/pressure.sql' as pressure with context %}
{% set types = {'call': 1, 'put': -1} %}
{% set sums = [
    {'name': 'hedge_call_sum', 'support': none},
    {'name': 'hedge_put_sum', 'support': none},
    {'name': 'hedge_sum', 'support': none},
] %}
with traded as (
    select
        greatest(option_trades.bucket_end, {{ time.first_bucket() }}) as bucket_end,
        option_trades.bucket_end >= {{ time.first_bucket() }} as is_here,
        {{ options.days('option_trades.expiry') }} as days,
        option_trades.cp,
        option_trades.way,
        option_trades.size,
        if(option_trades.cp = 1, vols_5s.delta_call, vols_5s.delta_call - vols_5s.df) as delta,
        -- whole billionths of a future, which add up the same in any order
        round(option_trades.way * option_trades.size * delta * 1e9)::hugeint as hedge_e9
    from options.option_trades
    left join options.vols_5s
        on
            option_trades.expiry = vols_5s.expiry
            and option_trades.strike = vols_5s.strike
            and greatest(
                option_trades.bucket_end - {{ time.buckets(1) }}, {{ time.first_bucket() }}
            ) = vols_5s.bucket_end
),

bucketed as (
    select
        traded.bucket_end,
        expiry_sets.expiry_set,
        {% for type, cp in types.items() %}
        coalesce(sum(traded.hedge_e9) filter (where traded.cp = {{ cp }} and traded.is_here), 0)
            as {{ type }}_e9,
        coalesce(sum(traded.hedge_e9) filter (where traded.cp = {{ cp }}), 0) as {{ type }}_new_e9,
        {% endfor %}
        coalesce(sum(traded.size) filter (where traded.way <> 0 and traded.delta is null), 0)
            as unhedged_qty,
        coalesce(sum(traded.size) filter (where traded.way = 0), 0) as unsided_qty
    from traded
    inner join options.expiry_sets on traded.days <= expiry_sets.last_day
    group by traded.bucket_end, expiry_sets.expiry_set
),

first_trade as (
    select min(bucket_end) as first_traded_at from options.option_trades
),

grid as (
    {{ time.window_buckets() }}
),

summed as (
    select
        grid.bucket_end,
        expiry_sets.expiry_set,
        first_trade.first_traded_at <= grid.bucket_end as is_known,
        coalesce(bucketed.call_e9, 0) / 1e9 as hedge_call,
        coalesce(bucketed.put_e9, 0) / 1e9 as hedge_put,
        coalesce(bucketed.call_e9 + bucketed.put_e9, 0) / 1e9 as hedge_futures,
        coalesce(sum(bucketed.call_new_e9) over so_far, 0) / 1e9 as hedge_call_sum,
        coalesce(sum(bucketed.put_new_e9) over so_far, 0) / 1e9 as hedge_put_sum,
        coalesce(sum(bucketed.call_new_e9 + bucketed.put_new_e9) over so_far, 0) / 1e9 as hedge_sum,
        coalesce(sum(bucketed.unhedged_qty) over so_far, 0)::bigint as unhedged_qty,
        coalesce(sum(bucketed.unsided_qty) over so_far, 0)::bigint as unsided_qty
    from grid
    cross join options.expiry_sets
    cross join first_trade
    left join bucketed using (bucket_end, expiry_set)
    window so_far as (partition by expiry_sets.expiry_set order by grid.bucket_end)
),

known as (
    select
        bucket_end,
        expiry_set,
        if(is_known, hedge_call, null) as hedge_call,
        if(is_known, hedge_put, null) as hedge_put,
        if(is_known, hedge_futures, null) as hedge_futures,
        if(is_known, hedge_call_sum, null) as hedge_call_sum,
        if(is_known, hedge_put_sum, null) as hedge_put_sum,
        if(is_known, hedge_sum, null) as hedge_sum,
        unhedged_qty,
        unsided_qty
    from summed
),

lagged as (
    select
        {{ pressure.lags(sums) }}
        *
    from known
    window series as (partition by expiry_set order by bucket_end)
)

select
    date '{{ session }}' as session,
    bucket_end,
    expiry_set,
    hedge_call,
    hedge_put,
    hedge_futures,
    unhedged_qty,
    unsided_qty,
    {{ pressure.differences(sums) }}
from lagged
-- by the bucket's own quotes: whether later ones come is not known yet
where bucket_end in (select chain_5s.bucket_end from options.chain_5s)
order by bucket_end, expiry_set
