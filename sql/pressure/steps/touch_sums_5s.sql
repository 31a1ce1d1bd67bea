{#---
doc: >
  What rests and what came and went near the best quote of a side, added up by distance from it; no
  row for a side without any order. Distance is 1 at the quote; near is up to 8 ticks, far the
  others up to 20.
grain: [bucket_end, side]
as_of: bucket_end
columns:
  add_qty:      BIGINT | lots | added within 20 ticks of the first quote, none of it better
  pull_qty:     BIGINT | lots | pulled there
  fill_qty:     BIGINT | lots | resting size that traded there
  in_qty:       BIGINT | lots | moved there
  out_away_qty: BIGINT | lots | left there away from the quote
  out_toward_qty: BIGINT | lots | left there toward the quote
  depth_start:  BIGINT | lots | resting within 20 ticks of the best quote as the bucket starts
  depth_end:    BIGINT | lots | resting within 20 ticks of the best quote as it ends
  band_1_depth: BIGINT | lots | resting at the end at distances 1 to 4
  band_2_depth: BIGINT | lots | the same of 5 to 8
  band_3_depth: BIGINT | lots | the same of 9 to 12
  band_4_depth: BIGINT | lots | the same of 13 to 16
  band_5_depth: BIGINT | lots | the same of 17 to 20
  at_depth:     BIGINT | lots | resting at the best quote at the end
  near_depth:   BIGINT | lots | behind it, near
  far_depth:    BIGINT | lots | far
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set touch_ticks = 20 %}
{% set moved = [
    'add_qty', 'pull_qty', 'fill_qty', 'in_qty', 'out_away_qty', 'out_toward_qty', 'depth_ns',
] %}
-- the same place has one distance from the quote at the start and another from that at the end
with distant as (
    select
        best_5s.bucket_end,
        best_5s.side,
        {{ pressure.touch_distance('best_5s.best_start') }} as distance,
        active_prices_5s.depth_start,
        0 as depth_end,
        active_prices_5s.add_qty,
        active_prices_5s.pull_qty,
        active_prices_5s.fill_qty,
        active_prices_5s.in_up_qty + active_prices_5s.in_down_qty as in_qty,
        if(best_5s.side = 'ask', active_prices_5s.out_up_qty, active_prices_5s.out_down_qty)
            as out_away_qty,
        if(best_5s.side = 'ask', active_prices_5s.out_down_qty, active_prices_5s.out_up_qty)
            as out_toward_qty,
        active_prices_5s.depth_ns,
        active_prices_5s.add_qty + active_prices_5s.size_up_qty + active_prices_5s.refill_qty
        + active_prices_5s.in_up_qty + active_prices_5s.in_down_qty as came_qty,
        active_prices_5s.pull_qty + active_prices_5s.fill_qty
        + active_prices_5s.out_up_qty + active_prices_5s.out_down_qty as went_qty
    from pressure.best_5s
    inner join book.active_prices_5s using (bucket_end, side)
    union all
    select
        best_5s.bucket_end,
        best_5s.side,
        {{ pressure.touch_distance('best_5s.best_end') }} as distance,
        0 as depth_start,
        active_prices_5s.depth_end,
        {% for name in moved %}
        0 as {{ name }},
        {% endfor %}
        0 as came_qty,
        0 as went_qty
    from pressure.best_5s
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
        {% for name in moved %}
        sum({{ name }})::bigint as {{ name }},
        {% endfor %}
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
)

select
    best_5s.bucket_end,
    best_5s.side,
    {% for name in moved %}
    sums.{{ name }},
    {% endfor %}
    sums.depth_start,
    sums.depth_end,
    sums.moment_start,
    sums.moment_end,
    sums.at_depth,
    sums.near_depth,
    sums.far_depth,
    sums.band_1_depth,
    sums.band_2_depth,
    sums.band_3_depth,
    sums.band_4_depth,
    sums.band_5_depth,
    flows.came_qty,
    flows.went_qty,
    flows.near_came_qty,
    flows.near_went_qty,
    gaps.gap_start,
    gaps.gap_end
from pressure.best_5s
left join gaps using (bucket_end, side)
left join sums using (bucket_end, side)
left join flows using (bucket_end, side)
