{#---
doc: The book of the session's contract as the window opens, every price that holds resting size.
grain: [session, instrument_id, side, tick]
as_of: window start
---#}
{% import 'macros/time.sql' as time with context %}
with before as (
    select
        session,
        instrument_id,
        side,
        tick,
        sum(delta)::bigint as depth_qty,
        sum(orders_delta)::bigint as n_orders
    from book.tallies_5s
    where bucket_end = {{ time.at(window_start_ns) }}
    group by session, instrument_id, side, tick
)

select
    before.session,
    before.instrument_id,
    before.side,
    before.tick,
    before.tick * fronts.tick_e9 / 1e9 as price,
    before.depth_qty,
    before.n_orders
from before
inner join market.fronts using (session, instrument_id)
where before.depth_qty > 0
order by before.side, before.tick
