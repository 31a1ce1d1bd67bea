{#---
doc: What each step of the ladder usually holds, by the buckets of the session so far.
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  depth_share_median: DOUBLE | 0..1 | median so far of the step's share in the depth of the ladder
---#}
select
    session,
    instrument_id,
    bucket_end,
    level_id,
    "offset",
    median(depth_share) over (
        partition by level_id, "offset"
        order by bucket_end
        rows between unbounded preceding and current row
    ) as depth_share_median
from pressure.depth_shares_5s
