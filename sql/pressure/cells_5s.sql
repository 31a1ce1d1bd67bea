{#---
doc: >
  What came, went, moved and traded per tracked level, bucket and cell, and what rested there, as
  integers. A cell is a side of the book in a band of distances above or below the level, or at it;
  all 26 are there in every bucket in which the level is used.
grain: [session, instrument_id, bucket_end, level_id, side, zone, band]
as_of: bucket_end
columns:
  n_ticks:       INTEGER | ticks | prices of the cell
  n_reach_start: INTEGER | ticks | prices beyond the opposite best quote as the bucket starts
  n_reach_end:   INTEGER | ticks | the same as it ends
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% set nowhere = 1000000000 %}
with bands as (
    select
        places.side,
        places.zone,
        places.band,
        places.way,
        if(places.band = 0, 0, (places.band - 1) * {{ band_ticks }} + 1) as nearest,
        if(places.band = 6, {{ band_ticks * 10 }}, places.band * {{ band_ticks }}) as farthest,
        least(places.way * nearest, places.way * farthest) as k_low,
        greatest(places.way * nearest, places.way * farthest) as k_high
    from ({{ pressure.places() }}) as places
),

-- of each side the other's best quote: beyond it the side can rest
opposed as (
    select
        bucket_end,
        if(side = 'bid', 'ask', 'bid') as side,
        best_start,
        best_end
    from pressure.touch_5s
),

cells as (
    select
        levels_5s.session,
        levels_5s.instrument_id,
        levels_5s.bucket_end,
        levels_5s.level_id,
        levels_5s.tick,
        bands.*,
        coalesce(opposed.best_start, if(bands.side = 'ask', -{{ nowhere }}, {{ nowhere }}))
        - levels_5s.tick as k_start,
        coalesce(opposed.best_end, if(bands.side = 'ask', -{{ nowhere }}, {{ nowhere }}))
        - levels_5s.tick as k_end
    from pressure.levels_5s
    cross join bands
    left join opposed
        on levels_5s.bucket_end = opposed.bucket_end and bands.side = opposed.side
),

reached as (
    select
        *,
        (k_high - k_low + 1)::integer as n_ticks,
        {{ pressure.within_reach('k_start') }} as n_reach_start,
        {{ pressure.within_reach('k_end') }} as n_reach_end
    from cells
)

select
    reached.session,
    reached.instrument_id,
    reached.bucket_end,
    reached.level_id,
    reached.side,
    reached.zone,
    reached.band,
    {% for name in pressure.CELL_SUMS %}
    coalesce(cell_sums_5s.{{ name }}, 0) as {{ name }},
    {% if name == 'depth_end' %}
    coalesce(cell_sums_5s.depth_ns, 0) / {{ bucket_ns }} as depth_twa,
    {% endif %}
    {% endfor %}
    reached.n_ticks,
    reached.n_reach_start,
    reached.n_reach_end,
    {{ pressure.reach('(reached.n_reach_start + reached.n_reach_end)', 'reached.n_ticks') }}
        as reach
from reached
left join pressure.cell_sums_5s
    on
        reached.bucket_end = cell_sums_5s.bucket_end
        and reached.level_id = cell_sums_5s.level_id
        and reached.side = cell_sums_5s.side
        and reached.way = cell_sums_5s.way
        and reached.band = cell_sums_5s.band
order by reached.bucket_end, reached.level_id, reached.side, reached.way, reached.band
