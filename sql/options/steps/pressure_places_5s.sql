{#---
doc: >
  The five prices around each level at which options are looked at, a gap between strikes apart, for
  each set of expiries; no rows in sessions without options.
grain: [session, instrument_id, bucket_end, level_id, offset, expiry_set]
as_of: bucket_end
columns:
  offset: TINYINT | -2..2 | gaps between strikes from the level, positive above it
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/exposure.sql' as exposure %}
with offsets as (
    select unnest({{ exposure.PLACES }})::tinyint as "offset"
)

select
    levels_5s.session,
    levels_5s.instrument_id,
    levels_5s.bucket_end,
    levels_5s.level_id,
    levels_5s.price as level_price,
    levels_5s.used_since,
    offsets."offset",
    expiry_sets.expiry_set
from pressure.levels_5s
cross join offsets
cross join options.expiry_sets
where
    exists (from options.contracts)
    -- where quotes of options end nothing is known of them
    and levels_5s.bucket_end <= {{ time.at(options_end_ns) }}
