{#---
doc: >
  What came, went and rested around a level in the two minutes before a decision, in four pieces of
  time and seven places, as integers. Front is the side that stops the travel, asks where price
  came from below, back the side it comes from. Near and far are bands 1 and 2, and 3 to 5, beyond
  the level on that side; front_at is the level itself; touch_front and touch_back are the 20 ticks
  from the side's own best quote as each bucket starts. Quantities are null where the side could
  hardly rest (mean reach below 0.2), or fewer than half the buckets are there.
grain: [session, cluster_id, touched_at, wait_s, segment, place]
as_of: decided_at
columns:
  segment:        TINYINT | 0..3         | buckets that end less than 15, 30, 60 and 120 s before the decision
  place:          VARCHAR | text         | front_at, front_near, front_far, back_near, back_far, touch_front or touch_back
  n_buckets:      BIGINT  | buckets      | of the piece, those that are there
  pull_qty:       BIGINT  | lots         | withdrawn
  in_qty:         BIGINT  | lots         | moved here
  out_away_qty:   BIGINT  | lots         | left here away from the level, of the touch from the quote
  out_toward_qty: BIGINT  | lots         | left here toward it
  depth_twa_ns:   BIGINT  | lots x ns    | what rested, added up over time
  depth_start:    BIGINT  | lots         | resting as the first of the buckets starts
  depth_end:      BIGINT  | lots         | resting as the last of them ends
  moment_start:   BIGINT  | lots x ticks | the same at the start, each lot times its distance
---#}
{% import 'macros/setups.sql' as setups with context %}
{% set flows = [
    'add_qty', 'pull_qty', 'fill_qty', 'in_qty', 'out_away_qty', 'out_toward_qty', 'depth_twa_ns',
] %}
with {{ setups.windows() }},

around_level as (
    select
        windows.*,
        case
            when cells_5s.band = 0 then 'front_at'
            else
                if((cells_5s.side = 'ask') = (windows.dir > 0), 'front', 'back')
                || if(cells_5s.band <= 2, '_near', '_far')
        end as place,
        cells_5s.bucket_end,
        cells_5s.add_qty,
        cells_5s.pull_qty,
        cells_5s.fill_qty,
        cells_5s.in_away_qty + cells_5s.in_toward_qty as in_qty,
        cells_5s.out_away_qty,
        cells_5s.out_toward_qty,
        round(cells_5s.depth_twa * {{ bucket_ns }})::bigint as depth_twa_ns,
        cells_5s.depth_start,
        cells_5s.k_depth_start as moment_start,
        cells_5s.depth_end,
        cells_5s.k_depth_end as moment_end,
        cells_5s.n_reach_start + cells_5s.n_reach_end as n_reach,
        2 * cells_5s.n_ticks as n_ticks
    from windows
    inner join pressure.cells_5s
        on
            windows.cluster_id = cells_5s.level_id
            and windows.begun_at < cells_5s.bucket_end
            and windows.ended_at >= cells_5s.bucket_end
    where
        cells_5s.band <= 5
        -- asks below a level and bids above it cannot rest there but for a moment
        and case cells_5s.zone
            when 'above' then cells_5s.side = 'ask'
            when 'below' then cells_5s.side = 'bid'
            else (cells_5s.side = 'ask') = (windows.dir > 0)
        end
),

from_quote as (
    select
        windows.*,
        if((touch_5s.side = 'ask') = (windows.dir > 0), 'touch_front', 'touch_back') as place,
        touch_5s.bucket_end,
        touch_5s.add_qty,
        touch_5s.pull_qty,
        touch_5s.fill_qty,
        touch_5s.in_qty,
        touch_5s.out_away_qty,
        touch_5s.out_toward_qty,
        touch_5s.depth_ns as depth_twa_ns,
        touch_5s.depth_start,
        touch_5s.moment_start,
        touch_5s.depth_end,
        touch_5s.moment_end,
        1 as n_reach,
        1 as n_ticks
    from windows
    inner join pressure.touch_5s
        on windows.begun_at < touch_5s.bucket_end and windows.ended_at >= touch_5s.bucket_end
),

seen as (
    select * from around_level
    union all
    select * from from_quote
),

bounded as (
    select
        *,
        min(bucket_end) over piece as first_end,
        max(bucket_end) over piece as last_end
    from seen
    window piece as (partition by cluster_id, touched_at, wait_s, segment, place)
),

sums as (
    select
        {% for name in flows %}
        sum({{ name }})::bigint as {{ name }},
        {% endfor %}
        {% for name in ['depth_start', 'moment_start'] %}
        sum({{ name }}) filter (where bucket_end = first_end)::bigint as {{ name }},
        {% endfor %}
        {% for name in ['depth_end', 'moment_end'] %}
        sum({{ name }}) filter (where bucket_end = last_end)::bigint as {{ name }},
        {% endfor %}
        cluster_id,
        touched_at,
        wait_s,
        segment,
        place,
        count(distinct bucket_end) as n_buckets,
        5 * sum(n_reach) >= sum(n_ticks) as is_reached
    from bounded
    group by cluster_id, touched_at, wait_s, segment, place
),

places as (
    select unnest([
        'front_at', 'front_near', 'front_far', 'back_near', 'back_far', 'touch_front', 'touch_back'
    ]) as place
),

judged as (
    select
        windows.*,
        places.place,
        sums.* exclude (cluster_id, touched_at, wait_s, segment, place, n_buckets),
        coalesce(sums.n_buckets, 0) as n_buckets,
        2 * coalesce(sums.n_buckets, 0) >= windows.n_wanted and sums.is_reached as is_known
    from windows
    cross join places
    left join sums using (cluster_id, touched_at, wait_s, segment, place)
)

select
    session,
    instrument_id,
    cluster_id,
    touched_at,
    wait_s,
    segment,
    place,
    n_buckets,
    {% for name in flows %}
    if(is_known, {{ name }}, null) as {{ name }},
    {% endfor %}
    if(is_known, depth_start, null) as depth_start,
    if(is_known, depth_end, null) as depth_end,
    if(is_known, moment_start, null) as moment_start,
    if(is_known, moment_end, null) as moment_end
from judged
order by touched_at, cluster_id, wait_s, segment, place
