{#---
doc: >
  Every order that rests at the end of a bucket of the window. A table inside the build, so that the
  planner knows that it is long.
grain: [bucket_end, order_id]
as_of: bucket_end
columns:
  qty: INTEGER | lots | resting
---#}
{% import 'macros/time.sql' as time with context %}
select
    unnest(
        generate_series(
            first_end, coalesce(last_end, {{ time.at(window_end_ns) }}), {{ time.buckets(1) }}
        )
    ) as bucket_end,
    order_id,
    is_bid,
    tick,
    qty::integer as qty,
    entered_at
from book.resting_spans
