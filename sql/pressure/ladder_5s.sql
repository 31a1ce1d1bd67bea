{#---
doc: >
  The book around a level as a ladder of eleven steps, each as wide as a band and step 0 the level
  itself: which share of the ladder's depth rests there on each side, whether it is pulled or added,
  how hard it trades, which way it leaned over the last minute, what options traded at the strikes
  there, and what dealers have to trade in the future as price moves through. Null where the side
  could not rest (reach below 0.2), where there is nothing to compare, at steps without a strike what
  is of strikes, and in sessions without options.
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  price:              DOUBLE | points | outer end of the step
  bid_reach:          DOUBLE | 0..1   | share of prices where bids could rest at all
  ask_reach:          DOUBLE | 0..1   | share of prices where asks could rest at all
  bid_depth_share:    DOUBLE | 0..1   | bids of the step in all depth of the ladder as the bucket ends
  ask_depth_share:    DOUBLE | 0..1   | asks of the step in all depth of the ladder as the bucket ends
  bid_pull_add:       DOUBLE | -1..1  | bids pulled against bids added
  ask_pull_add:       DOUBLE | -1..1  | asks pulled against asks added
  bid_fill_intensity: DOUBLE | 0..1   | bids filled against those and the depth they were part of
  ask_fill_intensity: DOUBLE | 0..1   | asks filled against those and the depth they were part of
  lean_60s:           DOUBLE | -1..1  | lots of the last minute that let price up (asks pulled, bids added) less those that let it down, against both and what rested; null in a level's first minute
  lean_60s_d1:        DOUBLE | -2..2  | first difference
  lean_60s_d2:        DOUBLE | -4..4  | second difference
  lean_60s_d3:        DOUBLE | -8..8  | third difference
  depth_share_median: DOUBLE | 0..1   | median so far of what the step holds, both sides, in all depth of the ladder
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
    usual_shares_5s.depth_share_median,
    ladder_options_5s.call_pressure,
    ladder_options_5s.put_pressure,
    ladder_options_5s.long_share,
    ladder_options_5s.short_share,
    ladder_options_5s.call_pressure_60s,
    ladder_options_5s.put_pressure_60s,
    ladder_options_5s.long_share_60s,
    ladder_options_5s.short_share_60s,
    ladder_options_5s.option_qty,
    ladder_options_5s.option_qty_60s,
    ladder_options_5s.gex_gross,
    ladder_options_5s.gex_share,
    {% for flow in pressure.LADDER_FLOWS %}
    {% for of in ('', '_d1', '_d2', '_d3') %}
    ladder_options_5s.{{ flow.name }}{{ of }},
    {% endfor %}
    {% endfor %}
    {% for hedge in pressure.HEDGES %}
    {% for of in ('', '_d1', '_d2', '_d3') %}
    hedge_ladder_5s.{{ hedge.name }}{{ of }},
    {% endfor %}
    {% endfor %}
    ladder_options_5s.gex_net_ratio
from rated as bids
inner join rated as asks using (session, instrument_id, bucket_end, level_id, "offset")
inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
inner join market.fronts using (session, instrument_id)
inner join pressure.leans_5s using (session, instrument_id, bucket_end, level_id, "offset")
inner join pressure.usual_shares_5s
    using (session, instrument_id, bucket_end, level_id, "offset")
left join options.ladder_options_5s using (bucket_end, level_id, "offset")
left join options.hedge_ladder_5s using (bucket_end, level_id, "offset")
where bids.side = 'bid' and asks.side = 'ask'
order by bids.bucket_end, bids.level_id, bids."offset"
