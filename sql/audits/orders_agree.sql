{#---
doc: The orders that rest in a cell are as many, and hold as many lots, as the depth of the cell says.
---#}
select
    cells_5s.session,
    cells_5s.bucket_end,
    cells_5s.level_id,
    cells_5s.side,
    cells_5s.zone,
    cells_5s.band,
    cells_5s.orders_end,
    orders_5s.n_orders,
    cells_5s.depth_end,
    orders_5s.rest_qty
from pressure.cells_5s
inner join pressure.orders_5s
    using (session, instrument_id, bucket_end, level_id, side, zone, band)
where
    cells_5s.orders_end <> orders_5s.n_orders
    or cells_5s.depth_end <> orders_5s.rest_qty
