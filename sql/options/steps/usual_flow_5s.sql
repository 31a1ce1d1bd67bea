{#---
doc: >
  What is usually traded in a bucket around a price near a level: the mean of the buckets before,
  which counts e times less for every five minutes that one lies back.
grain: [bucket_end, level_id, offset, expiry_set]
as_of: bucket_end
columns:
  offset:     TINYINT | -2..2     | gaps between strikes from the level, positive above it
  traded_qty: DOUBLE  | contracts | traded in this bucket, null where that is not known
  usual_qty:  DOUBLE  | contracts | mean of those before, null before the first
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/exposure.sql' as exposure %}
{% set series = 'level_id, used_since, "offset", expiry_set' %}
{% set start_s = window_start_ns // time.SECOND_NS %}
{% set fading_s = 300 %}
with timed as (
    select
        places.bucket_end,
        places.level_id,
        places.used_since,
        places."offset",
        places.expiry_set,
        sums.call_buy_qty + sums.call_sell_qty + sums.put_buy_qty + sums.put_sell_qty
        + sums.unsided_qty as traded_qty,
        -- a list of all buckets before, made anew for each, grows with the square of the session:
        -- so the sums go by five minutes, and those so far come on top
        (epoch(places.bucket_end)::bigint - {{ start_s }}) // {{ fading_s }} as five_minutes,
        exp((epoch(places.bucket_end) - {{ start_s }}) / {{ fading_s }}) as lateness
    from options.pressure_places_5s as places
    left join options.pressure_sums_5s as sums using (bucket_end, level_id, "offset", expiry_set)
),

-- what came before is the five minutes so far after all those that are over
so_far as (
    select
        *,
        if(traded_qty is null, null, lateness) as known_lateness,
        {{ exposure.sum_along('lateness * traded_qty', 'before') }} as late_qty,
        {{ exposure.sum_along('known_lateness', 'before') }} as lateness_so_far
    from timed
    window before as (
        partition by {{ series }}, five_minutes
        order by bucket_end
        rows between unbounded preceding and 1 preceding
    )
),

over_by_then as (
    select
        {{ series }},
        five_minutes,
        {{ exposure.sum_in_order('lateness * traded_qty', 'bucket_end') }} as late_qty,
        {{ exposure.sum_in_order('known_lateness', 'bucket_end') }} as lateness
    from so_far
    group by {{ series }}, five_minutes
),

before as (
    select
        {{ series }},
        five_minutes,
        {{ exposure.sum_along('late_qty', 'earlier') }} as late_qty_before,
        {{ exposure.sum_along('lateness', 'earlier') }} as lateness_before
    from over_by_then
    window earlier as (
        partition by {{ series }}
        order by five_minutes
        rows between unbounded preceding and 1 preceding
    )
)

select
    so_far.bucket_end,
    so_far.level_id,
    so_far."offset",
    so_far.expiry_set,
    so_far.traded_qty,
    (coalesce(before.late_qty_before, 0) + coalesce(so_far.late_qty, 0))
    / nullif(coalesce(before.lateness_before, 0) + coalesce(so_far.lateness_so_far, 0), 0)
        as usual_qty
from so_far
inner join before using ({{ series }}, five_minutes)
