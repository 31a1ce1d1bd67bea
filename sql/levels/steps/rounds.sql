{#---
doc: >
  Controls; the multiples of 100 and 200 ticks, in ES 25 and 50 points, next to the price at the
  window's start, on which one may lie.
grain: [level_id]
as_of: known_at
columns:
  level_id: VARCHAR   | text   | such as ROUND_25_ABOVE and ROUND_25_BELOW, which is not above the price
  price:    DOUBLE    | points | a multiple
  known_at: TIMESTAMP | UTC    | the window's start, or the end of the first bucket that traded
---#}
select
    concat_ws('_', 'ROUND', steps.name, sides.name) as level_id,
    concat_ws('_', 'ROUND', steps.name) as kind,
    (floor(start.price_e9 / (steps.ticks * fronts.tick_e9)) + sides.n_up)
    * (steps.ticks * fronts.tick_e9) / 1e9 as price,
    start.known_at
from levels.start
cross join market.fronts
cross join (values (25, 100), (50, 200)) as steps (name, ticks)
cross join (values ('BELOW', 0), ('ABOVE', 1)) as sides (name, n_up)
