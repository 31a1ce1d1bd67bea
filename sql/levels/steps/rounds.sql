{#---
doc: Controls; the multiples of 25 and 50 points next to the price at the window's start, on which one may lie.
grain: [level_id]
as_of: known_at
columns:
  level_id: VARCHAR   | text   | such as ROUND_25_ABOVE and ROUND_25_BELOW, which is not above the price
  price:    DOUBLE    | points | a multiple
  known_at: TIMESTAMP | UTC    | the window's start, or the end of the first bucket that traded
---#}
select
    concat_ws('_', 'ROUND', steps.points, sides.name) as level_id,
    concat_ws('_', 'ROUND', steps.points) as kind,
    (floor(start.price / steps.points) + sides.n_up) * steps.points as price,
    start.known_at
from levels.start
cross join (values (25), (50)) as steps (points)
cross join (values ('BELOW', 0), ('ABOVE', 1)) as sides (name, n_up)
