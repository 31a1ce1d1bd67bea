{#---
doc: >
  The cancels of regular orders that never trade: each pulls what rests, at the price where it
  rests. With the adds most of the day.
grain: [seq]
as_of: window end  # picks only the way an order is accounted for; an order that trades later goes the other way, to the same change
columns:
  orders_delta: TINYINT | orders | -1, or 0 where a part rests on
---#}
{% import 'macros/state.sql' as state %}
with cancelled as not materialized (
    select
        chain.seq,
        chain.order_id,
        chain.ts_recv,
        chain.state_before,
        {{ state.size('chain.state') }}::bigint as size,
        {{ state.size('chain.state_before') }}::bigint as before,
        greatest(chain.ts_event - chain.entered_at, 0) as age_ns
    from book.chain
    anti join book.odd_orders using (order_id)
    anti join book.fills using (order_id)
    where {{ state.action('chain.state') }} = {{ state.CANCEL }} and chain.state_before is not null
)

select
    seq,
    order_id,
    ts_recv,
    {{ state.is_bid('state_before') }} as is_bid,
    {{ state.tick('state_before') }} as tick,
    -- a cancel of size 0 takes all
    if(size = 0, before, least(size, before)) as qty,
    -(qty = before)::tinyint as orders_delta,
    age_ns
from cancelled
