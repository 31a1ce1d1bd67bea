{#---
doc: >
  Which way each step of the ladder leaned over the last minute, and what it usually holds. Asks pulled
  and bids added let price up, bids pulled and asks added let it down. What rested counts in the
  whole: without it six lots would fill a step for a minute.
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  lean_60s:           DOUBLE | -1..1 | up less down of the minute against both and what rested over it
  lean_60s_d1:        DOUBLE | -2..2 | first difference
  lean_60s_d2:        DOUBLE | -4..4 | second difference
  lean_60s_d3:        DOUBLE | -8..8 | third difference
  depth_share_median: DOUBLE | 0..1  | median so far of the step's share in the depth of the ladder
---#}
{% import 'macros/time.sql' as time with context %}
with steps as (
    select
        cells_5s.session,
        cells_5s.instrument_id,
        cells_5s.bucket_end,
        cells_5s.level_id,
        levels_5s.used_since,
        if(cells_5s.zone = 'below', -cells_5s.band, cells_5s.band)::tinyint as "offset",
        sum(if(cells_5s.side = 'ask', cells_5s.pull_qty, cells_5s.add_qty))::bigint as up_qty,
        sum(if(cells_5s.side = 'ask', cells_5s.add_qty, cells_5s.pull_qty))::bigint as down_qty,
        sum(round(cells_5s.depth_twa * {{ bucket_ns }})::bigint)::bigint as depth_twa_ns,
        sum(if(cells_5s.reach >= 0.2, cells_5s.depth_end, null))::bigint as depth_end,
        sum(cells_5s.depth_end)::bigint as depth_all
    from pressure.cells_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
    where cells_5s.band <= 5
    group by all
),

shared as (
    select
        *,
        share(
            depth_end,
            sum(depth_all) over (partition by bucket_end, level_id)
        ) as depth_share
    from steps
),

pooled as (
    select
        *,
        sum(up_qty - down_qty) over minute as leaning_qty,
        sum(up_qty + down_qty) over minute as moved_qty,
        sum(depth_twa_ns) over minute / {{ time.MINUTE_NS }} as depth_twa,
        median(depth_share) over so_far as depth_share_median,
        if(
            count(*) over minute = {{ time.MINUTE }} and moved_qty + depth_twa > 0,
            leaning_qty / (moved_qty + depth_twa),
            null
        ) as lean_60s
    from shared
    window
        minute as (
            partition by level_id, used_since, "offset"
            order by bucket_end
            {{ time.last_minute() }}
        ),
        so_far as (
            partition by level_id, "offset"
            order by bucket_end
            rows between unbounded preceding and current row
        )
),

lagged as (
    select
        *,
        lag(lean_60s, 1) over series as lean_60s_1,
        lag(lean_60s, 2) over series as lean_60s_2,
        lag(lean_60s, 3) over series as lean_60s_3
    from pooled
    window series as (partition by level_id, used_since, "offset" order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    "offset",
    lean_60s,
    lean_60s - lean_60s_1 as lean_60s_d1,
    lean_60s - 2 * lean_60s_1 + lean_60s_2 as lean_60s_d2,
    lean_60s - 3 * lean_60s_1 + 3 * lean_60s_2 - lean_60s_3 as lean_60s_d3,
    depth_share_median
from lagged
