{#---
doc: >
  Each side seen from its own best quote: what rested within 20 ticks of the quote as the bucket
  started and ended, what was pulled and added within 20 ticks of the first, and the features of
  that profile. Distance j is 1 at the quote. What does not depend on a level is here once for all.
grain: [session, instrument_id, bucket_end, side]
as_of: bucket_end
columns:
  add_qty:     BIGINT | lots | added within 20 ticks of the first quote, none of it better
  pull_qty:    BIGINT | lots | pulled there
  fill_qty:    BIGINT | lots | resting size that traded there
  in_qty:      BIGINT | lots | moved there
  out_away_qty: BIGINT | lots | left there away from the quote
  out_toward_qty: BIGINT | lots | left there toward the quote
  quote_qty:   BIGINT | lots | resting at the best quote as the bucket ends
  depth_start: BIGINT | lots | resting within 20 ticks of the best quote as the bucket starts
  depth_end:   BIGINT | lots | resting within 20 ticks of the best quote as it ends
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/time.sql' as time with context %}
{% set touch = features['pressure.touch_5s'] %}
with buckets as (
    {{ time.window_buckets() }}
),

sides as (
    select
        fronts.session,
        fronts.instrument_id,
        buckets.bucket_end,
        sides.side
    from buckets
    cross join (values ('ask'), ('bid')) as sides (side)
    cross join market.fronts
),

-- a side without any order holds nothing, at distances that are not defined
profiled as (
    select
        sides.*,
        best_5s.best_start,
        best_5s.best_end,
        touch_sums_5s.gap_start,
        touch_sums_5s.gap_end,
        {% for name in (
            'add_qty', 'pull_qty', 'depth_start', 'depth_end', 'moment_start', 'moment_end',
            'at_depth', 'near_depth', 'far_depth', 'band_1_depth', 'band_2_depth', 'band_3_depth',
            'band_4_depth', 'band_5_depth', 'came_qty', 'went_qty', 'near_came_qty',
            'near_went_qty', 'fill_qty', 'in_qty', 'out_away_qty', 'out_toward_qty', 'depth_ns',
        ) %}
        coalesce(touch_sums_5s.{{ name }}, 0) as {{ name }},
        {% endfor %}
        {{ pressure.entropy(
            ['touch_sums_5s.band_1_depth', 'touch_sums_5s.band_2_depth',
             'touch_sums_5s.band_3_depth', 'touch_sums_5s.band_4_depth',
             'touch_sums_5s.band_5_depth'], 'touch_sums_5s.depth_end'
        ) }} as band_entropy
    from sides
    left join pressure.best_5s using (bucket_end, side)
    left join pressure.touch_sums_5s using (bucket_end, side)
),

defined as (
    select
        {{ pressure.values(touch) }}
        *
    from profiled
),

lagged as (
    select
        {{ pressure.lags(touch) }}
        *
    from defined
    window series as (partition by side order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    side,
    best_start,
    best_end,
    add_qty,
    pull_qty,
    came_qty,
    went_qty,
    fill_qty,
    in_qty,
    out_away_qty,
    out_toward_qty,
    depth_ns,
    near_came_qty,
    near_went_qty,
    at_depth as quote_qty,
    depth_start,
    depth_end,
    moment_start,
    moment_end,
    gap_start,
    gap_end,
    {{ pressure.differences(touch) }}
from lagged
order by bucket_end, side
