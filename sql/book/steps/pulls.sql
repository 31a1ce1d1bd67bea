{#---
doc: What was withdrawn in the window, one row for each time, with the age of the order.
grain: [seq]
as_of: ts_recv
columns:
  qty: BIGINT | lots | withdrawn
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
select
    seq,
    {{ book.bucket_end('ts_recv') }} as bucket_end,
    is_bid,
    tick,
    qty,
    age_ns
from book.coded_changes
where kind = {{ kinds.code('pull') }} and ts_recv >= {{ window_start_ns }}
