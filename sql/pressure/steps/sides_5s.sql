{#---
doc: >
  The two sides that a level's states are about, asks above it and bids below it, each with its five
  bands together: what could rest, what rested and how far from the level, what was pulled and added.
grain: [session, instrument_id, bucket_end, level_id, side]
as_of: bucket_end
columns:
  n_reach:    BIGINT  | ticks   | prices where the side could rest, as the bucket starts and as it ends
  n_places:   BIGINT  | ticks   | prices of the bands, twice
  is_reached: BOOLEAN | boolean | whether it could rest in a fifth of them
---#}
select
    session,
    instrument_id,
    bucket_end,
    level_id,
    side,
    sum(n_reach_start + n_reach_end)::bigint as n_reach,
    sum(2 * n_ticks)::bigint as n_places,
    n_reach / n_places as reach,
    5 * sum(n_reach_start + n_reach_end) >= sum(2 * n_ticks) as is_reached,
    sum(k_depth_start)::bigint as moment_start,
    sum(k_depth_end)::bigint as moment_end,
    sum(depth_start)::bigint as depth_start,
    sum(depth_end)::bigint as depth_end,
    sum(pull_qty)::bigint as pull_qty,
    sum(add_qty)::bigint as add_qty
from pressure.cells_5s
where
    band between 1 and 5
    and (side = 'ask' and zone = 'above' or side = 'bid' and zone = 'below')
group by session, instrument_id, bucket_end, level_id, side
