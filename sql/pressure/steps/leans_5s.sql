{#---
doc: >
  Which way each step of the ladder leaned over the last minute. Asks pulled and bids added let
  price up, bids pulled and asks added let it down. What rested counts in the whole: without it six
  lots would fill a step for a minute.
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  lean_60s: DOUBLE | -1..1 | up less down of the minute against both and what rested over it
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
        sum(round(cells_5s.depth_twa * {{ bucket_ns }})::bigint)::bigint as depth_twa_ns
    from pressure.cells_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
    where cells_5s.band <= 5
    group by all
),

pooled as (
    select
        *,
        sum(up_qty - down_qty) over minute as leaning_qty,
        sum(up_qty + down_qty) over minute as moved_qty,
        sum(depth_twa_ns) over minute / {{ time.MINUTE_NS }} as depth_twa,
        if(
            count(*) over minute = {{ time.MINUTE }} and moved_qty + depth_twa > 0,
            leaning_qty / (moved_qty + depth_twa),
            null
        ) as lean_60s
    from steps
    window
        minute as (
            partition by level_id, used_since, "offset"
            order by bucket_end
            {{ time.last_minute() }}
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
    lean_60s - 3 * lean_60s_1 + 3 * lean_60s_2 - lean_60s_3 as lean_60s_d3
from lagged
