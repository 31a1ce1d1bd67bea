{#---
doc: The user's own levels of the session, from the CSV file that the settings name.
grain: [level_id, known_at]
as_of: known_at
columns:
  level_id: VARCHAR   | text   | as the file calls it
  price:    DOUBLE    | points | as the file says
  known_at: TIMESTAMP | UTC    | as the file says
---#}
select
    given.level_id::varchar as level_id,
    'MANUAL' as kind,
    given.price::double as price,
    given.known_at::timestamp as known_at
from (values {{ manual_levels }}) as given (level_id, price, known_at)
where given.level_id is not null
