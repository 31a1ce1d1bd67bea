{#---
doc: >
  What ladder_5s says of the book alone, which is there before anything of options is.
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  price: DOUBLE | points | outer end of the step
---#}
{% import 'macros/pressure.sql' as pressure with context %}
with steps as (
    select
        cells_5s.*,
        {{ pressure.is_reached('cells_5s.reach') }} as is_reached,
        if(cells_5s.zone = 'below', -cells_5s.band, cells_5s.band)::tinyint as "offset",
        sum(cells_5s.depth_end) over (
            partition by cells_5s.bucket_end, cells_5s.level_id
        ) as ladder_depth
    from pressure.cells_5s
    where cells_5s.band <= 5
),

rated as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        "offset",
        side,
        reach,
        if(is_reached, share(depth_end, ladder_depth), null) as depth_share,
        if(is_reached, beta(pull_qty, add_qty), null) as pull_add,
        if(is_reached, intensity(fill_qty, depth_twa), null) as fill_intensity
    from steps
)

select
    bids.session,
    bids.instrument_id,
    bids.bucket_end,
    bids.level_id,
    bids."offset",
    (levels_5s.tick + bids."offset" * {{ band_ticks }}) * fronts.tick_e9 / 1e9 as price,
    bids.reach as bid_reach,
    asks.reach as ask_reach,
    bids.depth_share as bid_depth_share,
    asks.depth_share as ask_depth_share,
    bids.pull_add as bid_pull_add,
    asks.pull_add as ask_pull_add,
    bids.fill_intensity as bid_fill_intensity,
    asks.fill_intensity as ask_fill_intensity,
    leans_5s.lean_60s,
    leans_5s.lean_60s_d1,
    leans_5s.lean_60s_d2,
    leans_5s.lean_60s_d3,
    usual_shares_5s.depth_share_median
from rated as bids
inner join rated as asks using (session, instrument_id, bucket_end, level_id, "offset")
inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
inner join market.fronts using (session, instrument_id)
inner join pressure.leans_5s using (session, instrument_id, bucket_end, level_id, "offset")
inner join pressure.usual_shares_5s
    using (session, instrument_id, bucket_end, level_id, "offset")
where bids.side = 'bid' and asks.side = 'ask'
order by bids.bucket_end, bids.level_id, bids."offset"
