{#---
doc: >
  The depth at the end of a bucket is the same in book.flow_5s and in book.depth_5s, price by price where
  something happened, and of each side over all prices, in lots, also where nothing did.
---#}
{% import 'macros/time.sql' as time with context %}
with buckets as (
    {{ time.window_buckets() }}
),

opened as (
    select
        side,
        sum(depth_qty) as opened_qty
    from book.opening_depth
    group by side
),

changed as (
    select
        bucket_end,
        side,
        sum(depth_end - depth_start) as changed_qty
    from book.flow_5s
    group by bucket_end, side
),

held as (
    select
        bucket_end,
        side,
        sum(depth_qty) as depth_qty
    from book.depth_5s
    group by bucket_end, side
),

whole as (
    select
        buckets.bucket_end,
        sides.side,
        coalesce(opened.opened_qty, 0)
        + coalesce(sum(changed.changed_qty) over so_far, 0) as depth_end,
        coalesce(held.depth_qty, 0) as depth_qty
    from buckets
    cross join (values ('bid'), ('ask')) as sides (side)
    left join opened using (side)
    left join changed using (bucket_end, side)
    left join held using (bucket_end, side)
    window so_far as (partition by sides.side order by buckets.bucket_end)
)

select
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
union all
select
    bucket_end,
    side,
    null as tick,
    depth_end,
    depth_qty
from whole
where depth_end <> depth_qty
