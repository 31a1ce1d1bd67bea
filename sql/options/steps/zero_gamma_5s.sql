{#---
doc: >
  Where the naive gamma exposure of a set of expiries changes its sign, nearest to the forward,
  linear between the prices of the grid. No row where it keeps its sign within 10 %.
grain: [bucket_end, expiry_set]
as_of: bucket_end
columns:
  node: DOUBLE | thousandth | price of the sign change over the forward, less one
---#}
with grid as (
    select * from options.near_grid_5s
    union all
    select * from options.far_grid_5s
),

neighbours as (
    select
        *,
        lag(node) over along as node_before,
        lag(gex) over along as gex_before
    from grid
    where gex <> 0
    window along as (partition by bucket_end, expiry_set order by node)
),

-- between nodes of opposite signs that are no neighbours it is zero all along
crossings as (
    select
        bucket_end,
        expiry_set,
        if(
            node - node_before = 1,
            node_before + gex_before / (gex_before - gex),
            (node_before + node) / 2
        ) as node
    from neighbours
    where sign(gex) <> sign(gex_before)
)

select
    bucket_end,
    expiry_set,
    arg_min(node, (abs(node), -node)) as node  -- of two as near the upper one
from crossings
group by bucket_end, expiry_set
