{#---
doc: >
  Each side seen from its own best quote: what rested within 20 ticks of the quote as the bucket
  started and ended, what was pulled and added within 20 ticks of the first, and the features of
  that profile. Distance j is 1 at the quote. What does not depend on a level is here once for all.
grain: [session, instrument_id, bucket_end, side]
as_of: bucket_end
columns:
  best_start:    INTEGER | ticks | best quote as the bucket starts, null where the side is empty
  best_end:      INTEGER | ticks | best quote as it ends
  add_qty:       BIGINT  | lots  | added within 20 ticks of the first quote, none of it better
  pull_qty:      BIGINT  | lots  | pulled there
  came_qty:      BIGINT  | lots  | added, moved or made larger within 20 ticks of the first quote, or better
  went_qty:      BIGINT  | lots  | pulled, filled or moved away there
  near_came_qty: BIGINT  | lots  | of what came the part within 4 ticks, or better
  near_went_qty: BIGINT  | lots  | of what went the part within 4 ticks, or better
  quote_qty:     BIGINT  | lots  | resting at the best quote as the bucket ends
  depth_start:   BIGINT  | lots  | resting within 20 ticks of the best quote as the bucket starts
  depth_end:     BIGINT  | lots  | resting within 20 ticks of the best quote as it ends
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set touch = features['pressure.touch_5s'] %}
{% set touch_ticks = 20 %}
with buckets as (
    {{ pressure.window_buckets() }}
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

best as (
    select
        bucket_end,
        side,
        if(
            side = 'bid',
            max(tick) filter (where depth_start > 0),
            min(tick) filter (where depth_start > 0)
        ) as best_start,
        if(
            side = 'bid',
            max(tick) filter (where depth_end > 0),
            min(tick) filter (where depth_end > 0)
        ) as best_end
    from book.active_prices_5s
    group by bucket_end, side
),

-- the same place has one distance from the quote at the start and another from that at the end
distant as (
    select
        best.bucket_end,
        best.side,
        {{ pressure.touch_distance('best.best_start') }} as distance,
        active_prices_5s.depth_start,
        0 as depth_end,
        active_prices_5s.add_qty,
        active_prices_5s.pull_qty,
        active_prices_5s.add_qty + active_prices_5s.size_up_qty + active_prices_5s.refill_qty
        + active_prices_5s.in_up_qty + active_prices_5s.in_down_qty as came_qty,
        active_prices_5s.pull_qty + active_prices_5s.fill_qty
        + active_prices_5s.out_up_qty + active_prices_5s.out_down_qty as went_qty
    from best
    inner join book.active_prices_5s using (bucket_end, side)
    union all
    select
        best.bucket_end,
        best.side,
        {{ pressure.touch_distance('best.best_end') }} as distance,
        0 as depth_start,
        active_prices_5s.depth_end,
        0 as add_qty,
        0 as pull_qty,
        0 as came_qty,
        0 as went_qty
    from best
    inner join book.active_prices_5s using (bucket_end, side)
),

within as (
    select
        *,
        (distance + 3) // 4 as band
    from distant
    where distance between 1 and {{ touch_ticks }}
),

{{ pressure.gaps('within', 'bucket_end, side') }},

sums as (
    select
        bucket_end,
        side,
        {% for band in [1, 2, 3, 4, 5] %}
            sum(if(band = {{ band }}, depth_end, 0))::bigint as band_{{ band }}_depth,
        {% endfor %}
        sum(add_qty)::bigint as add_qty,
        sum(pull_qty)::bigint as pull_qty,
        sum(depth_start)::bigint as depth_start,
        sum(depth_end)::bigint as depth_end,
        sum(distance * depth_start)::bigint as moment_start,
        sum(distance * depth_end)::bigint as moment_end,
        sum(if(distance = 1, depth_end, 0))::bigint as at_depth,
        sum(if(distance > 1 and band <= 2, depth_end, 0))::bigint as near_depth,
        sum(if(band > 2, depth_end, 0))::bigint as far_depth
    from within
    group by bucket_end, side
),

-- better than the first quote counts too, since that is where a quote moves
flows as (
    select
        bucket_end,
        side,
        sum(came_qty)::bigint as came_qty,
        sum(went_qty)::bigint as went_qty,
        sum(if(distance <= 4, came_qty, 0))::bigint as near_came_qty,
        sum(if(distance <= 4, went_qty, 0))::bigint as near_went_qty
    from distant
    where distance <= {{ touch_ticks }}
    group by bucket_end, side
),

profiled as (
    select
        sides.session,
        sides.instrument_id,
        sides.bucket_end,
        sides.side,
        best.best_start,
        best.best_end,
        gaps.gap_start,
        gaps.gap_end,
        {% for name in [
            'add_qty', 'pull_qty', 'depth_start', 'depth_end', 'moment_start', 'moment_end',
            'at_depth', 'near_depth', 'far_depth', 'band_1_depth', 'band_2_depth', 'band_3_depth',
            'band_4_depth', 'band_5_depth',
        ] %}
            coalesce(sums.{{ name }}, 0) as {{ name }},
        {% endfor %}
        {% for name in ['came_qty', 'went_qty', 'near_came_qty', 'near_went_qty'] %}
            coalesce(flows.{{ name }}, 0) as {{ name }},
        {% endfor %}
        {{ pressure.entropy(
            ['sums.band_1_depth', 'sums.band_2_depth', 'sums.band_3_depth', 'sums.band_4_depth',
             'sums.band_5_depth'], 'sums.depth_end'
        ) }} as band_entropy
    from sides
    left join best using (bucket_end, side)
    left join gaps using (bucket_end, side)
    left join sums using (bucket_end, side)
    left join flows using (bucket_end, side)
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
