{#---
doc: The depth at the end of a bucket is the same in book.flow_5s and in book.depth_5s.
---#}
select
    flow_5s.session,
    flow_5s.bucket_end,
    flow_5s.side,
    flow_5s.tick,
    flow_5s.depth_end,
    depth_5s.depth_qty
from book.flow_5s
left join book.depth_5s using (session, instrument_id, bucket_end, side, tick)
where
    flow_5s.depth_end <> coalesce(depth_5s.depth_qty, 0)
    or flow_5s.orders_end <> coalesce(depth_5s.n_orders, 0)
