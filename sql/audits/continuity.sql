{#---
doc: >
  A bucket starts with what the one before it ended with at that side and price, the window with
  the book as it opened, and no price ever holds less than nothing.
---#}
with paired as (
    select
        flow_5s.session,
        flow_5s.bucket_end,
        flow_5s.side,
        flow_5s.tick,
        flow_5s.depth_start,
        flow_5s.depth_end,
        flow_5s.orders_end,
        coalesce(
            lag(flow_5s.depth_end) over place,
            opening_depth.depth_qty,
            0
        ) as depth_before
    from book.flow_5s
    left join book.opening_depth using (side, tick)
    window place as (partition by flow_5s.side, flow_5s.tick order by flow_5s.bucket_end)
)

select
    session,
    bucket_end,
    side,
    tick,
    depth_before,
    depth_start,
    depth_end,
    orders_end
from paired
where
    depth_before <> depth_start
    or depth_end < 0
    or orders_end < 0
    or (depth_end = 0) <> (orders_end = 0)
