{#---
doc: Which tracked levels the session does not have and why, in words, one row.
grain: [levels]
as_of: window end
columns:
  levels: VARCHAR | text | kinds by what is missing, null where every tracked one is there
---#}
with silent as (
    select
        reason,
        string_agg(kind, ', ' order by kind) as kinds
    from levels.absences
    where is_tracked
    group by reason
)

select string_agg('no ' || kinds || ': ' || reason, '; ' order by kinds) as levels
from silent
