{#---
doc: >
  Changes of the book of each batch of records added up by bucket, side, price and kind: what
  book.tallies_5s puts together.
grain: [bucket_no, is_bid, tick, kind, age, is_unknown]  # of one batch
as_of: bucket_end
columns:
  bucket_no:    INTEGER  | number    | bucket of the window from 1, 0 for all before
  is_bid:       BOOLEAN  | flag      | side
  kind:         UTINYINT | code      | kind of change, see macros/kinds.sql
  age:          UTINYINT | code      | 1 from 0.5 s on, 2 from 5 s, 3 from 60 s, else 0; null without an age
  is_unknown:   BOOLEAN  | flag      | modifies and cancels of ids that do not rest
  n_changes:    BIGINT   | changes   | how many
  orders_delta: BIGINT   | orders    | change of the number of resting orders
  qty_ns:       BIGINT   | lots x ns | each qty times what was left of its bucket
---#}
{% import 'macros/book.sql' as book with context %}
select
    bucket_no,
    is_bid,
    tick,
    kind,
    (
        (age_ns >= 500000000)::utinyint
        + (age_ns >= 5000000000)::utinyint
        + (age_ns >= 60000000000)::utinyint
    ) as age,
    is_unknown,
    sum(qty)::bigint as qty,
    count(*) as n_changes,
    sum(orders_delta)::bigint as orders_delta,
    -- what came before the window counts as a whole bucket, so that no sum can overflow
    sum(
        qty * least({{ book.numbered_end_ns('bucket_no') }} - ts_recv, {{ bucket_ns }})
    )::bigint as qty_ns
from book.order_changes
group by bucket_no, is_bid, tick, kind, age, is_unknown
