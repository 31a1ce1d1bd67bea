{#---
doc: >
  The five prices around each level at which options are looked at, a gap between strikes apart, for
  each set of expiries; no rows before an option is known.
grain: [session, instrument_id, bucket_end, level_id, offset, expiry_set]
as_of: bucket_end
columns:
  offset:     TINYINT   | -2..2 | gaps between strikes from the level, positive above it
  used_since: TIMESTAMP | UTC   | end of the first bucket since which the level was used and an option known
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/exposure.sql' as exposure %}
with offsets as (
    select unnest({{ exposure.PLACES }})::tinyint as "offset"
),

first_known as (
    select min(known_at) as known_at from options.contracts
)

select
    levels_5s.session,
    levels_5s.instrument_id,
    levels_5s.bucket_end,
    levels_5s.level_id,
    levels_5s.price as level_price,
    greatest(levels_5s.used_since, first_known.known_at) as used_since,
    offsets."offset",
    expiry_sets.expiry_set
from pressure.levels_5s
cross join offsets
cross join options.expiry_sets
cross join first_known
where
    levels_5s.bucket_end >= first_known.known_at
    -- where quotes of options end nothing is known of them
    and levels_5s.bucket_end <= {{ time.at(options_end_ns) }}
