{#---
doc: Every price that holds resting size at the end of a bucket of the window.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  is_changed: BOOLEAN | flag | something came, went or traded here in the bucket, even if as much rests as before
---#}
{% import 'macros/time.sql' as time with context %}
{% set first_end = time.at(window_start_ns + bucket_ns) %}
{% set last_end = time.at(window_end_ns) %}
-- a price holds what it held until something happens there again
with held as (
    select
        bucket_end as changed_at,
        instrument_id,
        side,
        tick,
        depth_end as depth_qty,
        orders_end as n_orders,
        greatest(bucket_end, {{ first_end }}) as held_from,
        coalesce(lead(bucket_end) over place, {{ last_end }} + {{ time.buckets(1) }}) as held_until
    from book.tallies_5s
    window place as (partition by side, tick order by bucket_end)
),

spread_out as (
    select
        instrument_id,
        side,
        tick,
        depth_qty,
        n_orders,
        changed_at,
        unnest(generate_series(
            held_from, held_until - {{ time.buckets(1) }}, {{ time.buckets(1) }}
        )) as bucket_end
    from held
    where depth_qty > 0
)

select
    date '{{ session }}' as session,
    spread_out.instrument_id,
    spread_out.bucket_end,
    spread_out.side,
    spread_out.tick,
    spread_out.tick * fronts.tick_e9 / 1e9 as price,
    spread_out.depth_qty,
    spread_out.n_orders,
    spread_out.bucket_end = spread_out.changed_at as is_changed
from spread_out
inner join market.fronts using (instrument_id)
-- asks first, as by the word, which takes half as long again to sort by
order by spread_out.bucket_end, spread_out.side = 'bid', spread_out.tick
