{#---
doc: >
  The dealer hedge ladder: what dealers have to trade at each step around a level, beside what rests
  there, with the first, second and third difference. Null where a bucket before is, and a share where
  its side of the book could not rest.
grain: [bucket_end, level_id, offset]
as_of: bucket_end
---#}
{% import 'macros/pressure.sql' as pressure with context %}
with resting as (
    select
        bucket_end,
        level_id,
        if(zone = 'below', -band, band)::tinyint as "offset",
        max(depth_end) filter (where side = 'ask' and {{ pressure.is_reached('reach') }}) as asks,
        max(depth_end) filter (where side = 'bid' and {{ pressure.is_reached('reach') }}) as bids
    from pressure.cells_5s
    where band <= 5
    group by bucket_end, level_id, "offset"
),

-- long gamma sells into a rise and buys as much into a fall
faced as (
    select
        rungs.*,
        levels_5s.used_since,
        if(rungs.hedge_naive_all <= 0, -rungs.hedge_naive_all, null)
        * {{ band_ticks }} * fronts.tick_size as against,
        share(against, against + resting.asks) as hedge_share_up,
        share(against, against + resting.bids) as hedge_share_down
    from options.hedge_rungs_5s as rungs
    inner join pressure.levels_5s using (bucket_end, level_id)
    cross join market.fronts
    left join resting using (bucket_end, level_id, "offset")
),

lagged as (
    select
        {{ pressure.lags(pressure.HEDGES) }}
        *
    from faced
    window series as (partition by level_id, used_since, "offset" order by bucket_end)
)

select
    bucket_end,
    level_id,
    "offset",
    {{ pressure.differences(pressure.HEDGES) }}
from lagged
