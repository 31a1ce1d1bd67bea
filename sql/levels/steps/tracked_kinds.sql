{#---
doc: What the settings say is tracked, taken apart; of several kinds in one entry the nearest is.
grain: [entry, kind]
as_of: always
columns:
  entry:     VARCHAR | text   | as the settings say it, such as SMA_90/EMA_20
  kind:      VARCHAR | text   | one kind of it
  position:  BIGINT  | number | of the kind in the entry, from 1
  is_choice: BOOLEAN | flag   | the entry has several kinds
---#}
with entries as (
    select distinct unnest(string_split('{{ levels | join(",") }}', ',')) as entry
)

select
    entry,
    unnest(string_split(entry, '/')) as kind,
    generate_subscripts(string_split(entry, '/'), 1) as position,
    contains(entry, '/') as is_choice
from entries
