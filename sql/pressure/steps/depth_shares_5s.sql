{#---
doc: >
  What each step of the ladder holds, both sides, in all depth of the ladder as the bucket ends. Null
  where neither side could rest (reach below 0.2).
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  depth_share: DOUBLE | 0..1 | of the step
---#}
{% import 'macros/pressure.sql' as pressure with context %}
with steps as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        if(zone = 'below', -band, band)::tinyint as "offset",
        sum(if({{ pressure.is_reached('reach') }}, depth_end, null))::bigint as depth_end,
        sum(depth_end)::bigint as depth_all
    from pressure.cells_5s
    where band <= 5
    group by all
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    "offset",
    share(depth_end, sum(depth_all) over (partition by bucket_end, level_id)) as depth_share
from steps
