{#---
doc: >
  What came, went, moved and traded per tracked level, bucket and cell, and what rested there; no
  row for a cell in which nothing rested or happened. Up is away above the level, down below it.
grain: [bucket_end, level_id, side, way, band]
as_of: bucket_end
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/pressure.sql' as pressure with context %}
with near as (
    select
        active_prices_5s.*,
        levels_5s.level_id,
        active_prices_5s.tick - levels_5s.tick as k
    from pressure.levels_5s
    inner join book.active_prices_5s
        on {{ pressure.is_near('active_prices_5s') }}
),

-- above the level up is away; at it all that comes is toward and all that goes is away
placed as (
    select
        *,
        sign(k)::tinyint as way,
        ({{ pressure.band('abs(k)') }})::tinyint as band,
        if(k > 0, in_up_qty, 0) + if(k < 0, in_down_qty, 0) as in_away_qty,
        if(k <= 0, in_up_qty, 0) + if(k >= 0, in_down_qty, 0) as in_toward_qty,
        if(k >= 0, out_up_qty, 0) + if(k <= 0, out_down_qty, 0) as out_away_qty,
        if(k < 0, out_up_qty, 0) + if(k > 0, out_down_qty, 0) as out_toward_qty,
        abs(k) * depth_start as k_depth_start,
        abs(k) * depth_end as k_depth_end
    from near
)

select
    {% for name in pressure.CELL_SUMS %}
    {{ book.total(name) }} as {{ name }},
    {% endfor %}
    sum(depth_ns)::bigint as depth_ns,
    bucket_end,
    level_id,
    side,
    way,
    band
from placed
group by bucket_end, level_id, side, way, band
