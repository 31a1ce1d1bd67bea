{#---
doc: >
  Every side and price that held size or saw anything happen in a bucket: the rows of book.flow_5s,
  and those of book.depth_5s where nothing changed.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  session:             DATE      | date      | New York trading date
  instrument_id:       UINTEGER  | id        | venue instrument number
  bucket_end:          TIMESTAMP | UTC       | exclusive end of the 5 s bucket
  side:                VARCHAR   | text      | bid or ask
  tick:                INTEGER   | ticks     | price / tick size
  add_qty:             BIGINT    | lots      | new orders
  pull_qty:            BIGINT    | lots      | withdrawn
  fill_qty:            BIGINT    | lots      | resting size that traded
  size_up_qty:         BIGINT    | lots      | orders made larger
  refill_qty:          BIGINT    | lots      | shown anew by an order that trades
  in_up_qty:           BIGINT    | lots      | moved here from below
  in_down_qty:         BIGINT    | lots      | moved here from above
  out_up_qty:          BIGINT    | lots      | moved away upward
  out_down_qty:        BIGINT    | lots      | moved away downward
  hidden_fill_qty:     BIGINT    | lots      | traded out of an iceberg's hidden part
  unknown_fill_qty:    BIGINT    | lots      | traded by an id that does not rest
  snapshot_qty:        BIGINT    | lots      | set by a snapshot of the book
  clear_qty:           BIGINT    | lots      | removed by a clear of the book
  unknown_cancel_qty:  BIGINT    | lots      | named by cancels of ids that do not rest
  n_add:               BIGINT    | orders    | new orders
  n_pull:              BIGINT    | pulls     | withdrawals
  n_fill:              BIGINT    | fills     | decreases that traded
  n_unknown:           BIGINT    | records   | modifies and cancels of ids that do not rest
  pull_500ms_qty:      BIGINT    | lots      | pulled by orders at least 0.5 s old
  pull_5s_qty:         BIGINT    | lots      | pulled by orders at least 5 s old
  pull_60s_qty:        BIGINT    | lots      | pulled by orders at least 60 s old
  depth_start:         BIGINT    | lots      | resting as the bucket starts
  depth_end:           BIGINT    | lots      | resting as it ends
  depth_ns:            BIGINT    | lots x ns | what rested, added up over time
  orders_end:          BIGINT    | orders    | resting as the bucket ends
---#}
{%- set flows = [
    'add_qty', 'pull_qty', 'fill_qty', 'size_up_qty', 'refill_qty', 'in_up_qty', 'in_down_qty',
    'out_up_qty', 'out_down_qty', 'hidden_fill_qty', 'unknown_fill_qty', 'snapshot_qty',
    'clear_qty', 'unknown_cancel_qty', 'n_add', 'n_pull', 'n_fill', 'n_unknown',
    'pull_500ms_qty', 'pull_5s_qty', 'pull_60s_qty',
] %}
with unchanged as (
    select depth_5s.*
    from book.depth_5s
    anti join book.flow_5s using (bucket_end, side, tick)
)

select
    session,
    instrument_id,
    bucket_end,
    side,
    tick,
    {% for flow in flows -%}
        {{ flow }},
    {% endfor -%}
    depth_start,
    depth_end,
    -- sums of integers do not depend on their order
    round(depth_twa * {{ bucket_ns }})::bigint as depth_ns,
    orders_end
from book.flow_5s
union all
select
    session,
    instrument_id,
    bucket_end,
    side,
    tick,
    {% for flow in flows -%}
        0 as {{ flow }},
    {% endfor -%}
    depth_qty as depth_start,
    depth_qty as depth_end,
    depth_qty * {{ bucket_ns }} as depth_ns,
    n_orders as orders_end
from unchanged
