{#---
doc: In every cell of a level what came and went explains the change of resting size, in lots.
---#}
select
    session,
    bucket_end,
    level_id,
    side,
    zone,
    band,
    depth_start,
    depth_end
from pressure.cells_5s
where
    depth_end - depth_start
    <> snapshot_qty + add_qty + size_up_qty + refill_qty + in_away_qty + in_toward_qty
    - pull_qty - fill_qty - out_away_qty - out_toward_qty - clear_qty
