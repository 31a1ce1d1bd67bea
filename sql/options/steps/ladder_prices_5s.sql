{#---
doc: >
  Where the steps of the ladder around each level lie in every bucket; no rows in sessions without
  options.
grain: [bucket_end, level_id]
as_of: bucket_end
columns:
  price:         DOUBLE | points | price of the level on the grid of ticks, the middle of the ladder
  step:          DOUBLE | points | from one step's price to the next
  lowest:        DOUBLE | points | lowest edge of the bucket's ladders
  front_forward: DOUBLE | points | price of the session's contract, null where no strike is known
---#}
with forwards as (
    select
        bucket_end,
        max(front_forward) as front_forward
    from options.held_strikes_5s
    group by bucket_end
)

select
    levels_5s.bucket_end,
    levels_5s.level_id,
    levels_5s.tick * fronts.tick_size as price,
    {{ band_ticks }} * fronts.tick_size as step,
    min(price - 5.5 * step) over (partition by levels_5s.bucket_end) as lowest,
    forwards.front_forward
from pressure.levels_5s
inner join market.fronts using (session, instrument_id)
left join forwards using (bucket_end)
where exists (from options.contracts)
