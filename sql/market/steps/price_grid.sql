{#---
doc: >
  The grid that the contract's trades and resting orders show, one row: their prices are all
  multiples of it. Compared with a tick size that nobody but the settings says.
grain: [n_prices]
as_of: window end
columns:
  n_prices: BIGINT | prices | different ones
  tick_e9:  BIGINT | 1e-9 pt | tick size in use
  grid_e9:  BIGINT | 1e-9 pt | up to 100 ticks, of which all prices are multiples
---#}
with ticks as (
    select tick from market.trades_5s
    union
    select tick from book.depth_5s
),

multiples as (
    select
        steps.n,
        count(*) as n_prices,
        bool_and(ticks.tick % steps.n = 0) as is_grid
    from ticks
    cross join (values (1), (2), (4), (5), (8), (10), (20), (25), (50), (100)) as steps (n)
    group by steps.n
)

select
    max(multiples.n_prices) as n_prices,
    fronts.tick_e9,
    max(multiples.n) filter (where multiples.is_grid) * fronts.tick_e9 as grid_e9
from multiples
cross join market.fronts
group by fronts.tick_e9
