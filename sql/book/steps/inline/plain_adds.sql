{#---
doc: >
  The live adds of regular orders, whatever becomes of them: each adds its size at its own price.
grain: [seq]
as_of: ts_recv
---#}
{% import 'macros/state.sql' as state %}
select
    chain.seq,
    chain.order_id,
    chain.ts_recv,
    {{ state.is_bid('chain.state') }} as is_bid,
    {{ state.tick('chain.state') }} as tick,
    {{ state.size('chain.state') }}::bigint as qty
from book.chain
anti join book.odd_orders using (order_id)
where {{ state.action('chain.state') }} = {{ state.ADD }}
