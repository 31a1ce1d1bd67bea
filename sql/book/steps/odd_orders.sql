{#---
doc: >
  Orders whose record before does not say what rested: they go on after a cancel, are added again,
  change side, come without size or have a record before the last clear of the book.
grain: [order_id]
as_of: window end  # picks only the way an order is accounted for; both ways agree on every other order
---#}
{% import 'macros/state.sql' as state %}
select distinct order_id
from book.chain
where
    {{ state.action('state_before') }} = {{ state.CANCEL }}
    or (state_before is not null and {{ state.action('state') }} < {{ state.MODIFY }})
    or xor(state, state_before) & 8 > 0
    or ({{ state.size('state') }} = 0 and {{ state.action('state') }} <> {{ state.CANCEL }})
    or seq < (select coalesce(max(clears.seq), -1) from book.clears)
