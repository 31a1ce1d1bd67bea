{#---
doc: >
  Orders added where one of their size, to a tenth, just traded away, within 0.3 s: how an iceberg
  that the venue does not manage comes back.
grain: [seq]
as_of: bucket_end
---#}
{% set soon_ns = 300000000 %}
-- an order that trades away may do so in parts; an id may come back and trade away again
with fills as (
    select
        order_id,
        is_bid,
        tick,
        seq,
        ts_recv,
        qty,
        orders_delta,
        coalesce(sum(orders_delta) over life, 0) as n_ended
    from book.fills
    window life as (
        partition by order_id, is_bid, tick
        order by seq
        rows between unbounded preceding and 1 preceding
    )
),

traded_away as (
    select
        is_bid,
        tick,
        max(seq) as seq,
        max(ts_recv) as ts_recv,
        sum(qty)::bigint as qty
    from fills
    group by order_id, is_bid, tick, n_ended
    having min(orders_delta) < 0
),

-- times cut into slots turn soon after into equal
slots as (
    select
        *,
        unnest([ts_recv // {{ soon_ns }}, ts_recv // {{ soon_ns }} + 1]) as slot
    from traded_away
),

added as (
    select
        bucket_end,
        is_bid,
        tick,
        seq,
        ts_recv,
        qty,
        ts_recv // {{ soon_ns }} as slot
    from book.adds
)

-- joined first, for a semi join on more than equal keys compares everything with everything
select distinct
    added.bucket_end,
    added.is_bid,
    added.tick,
    added.qty,
    added.seq
from added
inner join slots using (is_bid, tick, slot)
where
    added.seq > slots.seq
    and added.ts_recv - slots.ts_recv <= {{ soon_ns }}
    and 10 * abs(added.qty - slots.qty) <= slots.qty
