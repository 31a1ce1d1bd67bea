{#---
doc: >
  Which tracked levels are used in which buckets, and where they stand: a level is used in buckets
  that start at or after it is known and before it ends.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end  # the level is known when the bucket starts
---#}
{% import 'macros/time.sql' as time with context %}
with buckets as (
    {{ time.window_buckets() }}
),

used as (
    select
        levels.session,
        levels.instrument_id,
        buckets.bucket_end,
        levels.level_id,
        levels.tick,
        levels.price,
        row_number() over (
            partition by levels.level_id
            order by buckets.bucket_end
        ) as n
    from levels.levels
    inner join buckets on levels.known_at <= buckets.bucket_end - {{ time.buckets(1) }}
    where
        levels.is_tracked
        and buckets.bucket_end - {{ time.buckets(1) }}
        < coalesce(levels.valid_to, 'infinity'::timestamp)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    tick,
    price,
    -- the end of a bucket less its place in line stays the same as long as none is missing
    min(bucket_end) over (
        partition by level_id, bucket_end - n * {{ time.buckets(1) }}
    ) as used_since
from used
order by bucket_end, level_id
