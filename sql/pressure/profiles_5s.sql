{#---
doc: >
  How depth is spread over distance in each quarter of the book around a level, five bands deep:
  asks and bids, above and below. Null where the quarter is out of reach of its side (mean reach of
  the five cells below 0.2) or empty.
grain: [session, instrument_id, bucket_end, level_id, side, zone]
as_of: bucket_end
columns:
  zone:  VARCHAR | text | above or below the level
  reach: DOUBLE  | 0..1 | mean over the five cells of the share of prices where the side could rest
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set profiles = features['pressure.profiles_5s'] %}
with within as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        active_prices_5s.side,
        if(active_prices_5s.tick > levels_5s.tick, 'above', 'below') as zone,
        abs(active_prices_5s.tick - levels_5s.tick) as distance,
        active_prices_5s.depth_start,
        active_prices_5s.depth_end
    from pressure.levels_5s
    inner join book.active_prices_5s
        on
            {{ pressure.is_near('active_prices_5s', widths=5) }}
            and levels_5s.tick <> active_prices_5s.tick
),

{{ pressure.gaps('within', 'bucket_end, level_id, side, zone') }},

at_level as (
    select
        bucket_end,
        level_id,
        side,
        depth_end as at_depth
    from pressure.cells_5s
    where zone = 'at'
),

sums as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        side,
        zone,
        sum(n_reach_start + n_reach_end)::bigint as n_reach,
        sum(n_ticks)::bigint as n_ticks,
        {% for band in [1, 2, 3, 4, 5] %}
        sum(if(band = {{ band }}, depth_end, 0))::bigint as band_{{ band }}_depth,
        {% endfor %}
        sum(depth_start)::bigint as depth_start,
        sum(depth_end)::bigint as depth_end,
        sum(k_depth_start)::bigint as moment_start,
        sum(k_depth_end)::bigint as moment_end,
        sum(if(band <= 2, depth_end, 0))::bigint as near_depth,
        sum(if(band > 2, depth_end, 0))::bigint as far_depth
    from pressure.cells_5s
    where band between 1 and 5
    group by session, instrument_id, bucket_end, level_id, side, zone
),

profiled as (
    select
        sums.*,
        {{ pressure.reach('sums.n_reach', 'sums.n_ticks') }} as reach,
        gaps.gap_start,
        gaps.gap_end,
        at_level.at_depth,
        {{ pressure.entropy(
            ['band_1_depth', 'band_2_depth', 'band_3_depth', 'band_4_depth', 'band_5_depth'],
            'depth_end'
        ) }} as band_entropy
    from sums
    inner join at_level using (bucket_end, level_id, side)
    left join gaps using (bucket_end, level_id, side, zone)
),

defined as (
    select
        {{ pressure.values(profiles, pressure.is_reached('reach')) }}
        *
    from profiled
),

lagged as (
    select
        {{ pressure.lags(profiles) }}
        defined.*
    from defined
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
    window series as (
        partition by defined.level_id, levels_5s.used_since, defined.side, defined.zone
        order by defined.bucket_end
    )
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    side,
    zone,
    reach,
    depth_start,
    depth_end,
    moment_start,
    moment_end,
    gap_start,
    gap_end,
    {{ pressure.differences(profiles) }}
from lagged
order by bucket_end, level_id, side, zone
