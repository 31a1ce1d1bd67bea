{#---
doc: >
  Changes of the book of each batch of records added up by bucket, side, price and kind: what
  book.tallies_5s puts together.
grain: [bucket_no, is_bid, tick, kind]  # of one batch
as_of: bucket_end
columns:
  bucket_no:    INTEGER  | number    | bucket of the window from 1, 0 for all before
  kind:         UTINYINT | code      | kind of change, see macros/kinds.sql
  qty_500ms:    BIGINT   | lots      | of orders at least 0.5 s old
  qty_5s:       BIGINT   | lots      | of orders at least 5 s old
  qty_60s:      BIGINT   | lots      | of orders at least 60 s old
  n_changes:    BIGINT   | changes   | how many
  n_unknown:    BIGINT   | changes   | by modifies and cancels of ids that do not rest
  orders_delta: BIGINT   | orders    | change of the number of resting orders
  qty_ns:       BIGINT   | lots x ns | each qty times what was left of its bucket
---#}
{% import 'macros/book.sql' as book with context %}
{% set ages = {'500ms': 500000000, '5s': 5000000000, '60s': 60000000000} %}
select
    bucket_no,
    is_bid,
    tick,
    kind,
    sum(qty)::bigint as qty,
    {% for age, ns in ages.items() %}
    coalesce(sum(qty) filter (where age_ns >= {{ ns }}), 0)::bigint as qty_{{ age }},
    {% endfor %}
    count(*) as n_changes,
    count(*) filter (where is_unknown) as n_unknown,
    sum(orders_delta)::bigint as orders_delta,
    -- what came before the window counts as a whole bucket, so that no sum can overflow
    sum(
        qty * least({{ book.numbered_end_ns('bucket_no') }} - ts_recv, {{ bucket_ns }})
    )::bigint as qty_ns
from book.order_changes
group by bucket_no, is_bid, tick, kind
