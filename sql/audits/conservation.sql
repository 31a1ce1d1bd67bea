{#---
doc: In every bucket, side and price what came and went explains the change of resting size, in lots.
---#}
select
    session,
    bucket_end,
    side,
    tick,
    depth_start,
    depth_end
from book.flow_5s
where
    depth_end - depth_start
    <> snapshot_qty + add_qty + size_up_qty + refill_qty + in_up_qty + in_down_qty
    - pull_qty - fill_qty - out_up_qty - out_down_qty - clear_qty
