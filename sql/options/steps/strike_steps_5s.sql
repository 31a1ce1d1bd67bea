{#---
doc: >
  How far apart strikes are listed around each level: the gap between the two strikes that the level
  lies between, of a level on a strike the smaller of the two beside it. No row for a level outside
  the listed strikes.
grain: [bucket_end, level_id]
as_of: bucket_end
---#}
with listed as (
    select
        bucket_end,
        underlying_id,
        strike,
        -- expiries whose future is not quoted do not quite agree on where a strike lies
        min(front_strike) as front_strike
    from options.gex_5s
    where front_strike is not null
    group by bucket_end, underlying_id, strike
),

gaps as (
    select
        bucket_end,
        front_strike as low,
        lead(front_strike) over upward as high,
        lead(strike) over upward - strike as step
    from listed
    window upward as (partition by bucket_end, underlying_id order by strike)
)

select
    levels_5s.bucket_end,
    levels_5s.level_id,
    max(levels_5s.price) as price,
    min(gaps.step) as step
from pressure.levels_5s
inner join gaps
    on
        levels_5s.bucket_end = gaps.bucket_end
        and levels_5s.price >= gaps.low
        and levels_5s.price <= gaps.high
group by levels_5s.bucket_end, levels_5s.level_id
