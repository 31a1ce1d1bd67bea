{#---
doc: >
  What was added, pulled, filled and moved per bucket, side and price, and what rested there. A row
  for every bucket, side and price of the window where anything changed or traded.
  depth_end - depth_start = snapshot + add + size_up + refill + in_up + in_down
  - pull - fill - out_up - out_down - clear, in lots, in every row.
grain: [session, instrument_id, bucket_end, side, tick]
as_of: bucket_end
columns:
  session:             DATE      | date   | New York trading date
  instrument_id:       UINTEGER  | id     | venue instrument number
  bucket_end:          TIMESTAMP | UTC    | exclusive end of the 5 s bucket
  side:                VARCHAR   | text   | bid or ask
  tick:                INTEGER   | ticks  | price / tick size
  price:               DOUBLE    | points | price
  add_qty:             BIGINT    | lots   | new orders
  pull_qty:            BIGINT    | lots   | withdrawn, by cancel or by making an order smaller
  fill_qty:            BIGINT    | lots   | resting size that traded
  size_up_qty:         BIGINT    | lots   | orders made larger
  refill_qty:          BIGINT    | lots   | shown anew by an order that trades, an iceberg
  in_up_qty:           BIGINT    | lots   | moved here from below
  in_down_qty:         BIGINT    | lots   | moved here from above
  out_up_qty:          BIGINT    | lots   | moved away upward
  out_down_qty:        BIGINT    | lots   | moved away downward
  hidden_fill_qty:     BIGINT    | lots   | traded out of an iceberg's hidden part
  unknown_fill_qty:    BIGINT    | lots   | traded by an id that does not rest
  snapshot_qty:        BIGINT    | lots   | set by a snapshot of the book
  clear_qty:           BIGINT    | lots   | removed by a clear of the book
  unknown_cancel_qty:  BIGINT    | lots   | named by cancels of ids that do not rest; changes nothing
  n_add:               BIGINT    | orders | new orders
  n_pull:              BIGINT    | pulls  | withdrawals
  n_fill:              BIGINT    | fills  | decreases that traded
  n_unknown:           BIGINT    | records | modifies and cancels of ids that do not rest
  pull_500ms_qty:      BIGINT    | lots   | pulled by orders at least 0.5 s old
  pull_5s_qty:         BIGINT    | lots   | pulled by orders at least 5 s old
  pull_60s_qty:        BIGINT    | lots   | pulled by orders at least 60 s old
  depth_start:         BIGINT    | lots   | resting as the bucket starts
  depth_end:           BIGINT    | lots   | resting as it ends
  depth_twa:           DOUBLE    | lots   | mean over time of what rested
  orders_end:          BIGINT    | orders | resting as it ends
---#}
{% import 'macros/book.sql' as book with context %}
with running as (
    select
        *,
        sum(delta) over place::bigint as depth_end,
        sum(orders_delta) over place::bigint as orders_end
    from book.tallies_5s
    window place as (partition by side, tick order by bucket_end)
)

select
    running.session,
    running.instrument_id,
    running.bucket_end,
    running.side,
    running.tick,
    running.tick * fronts.tick_size as price,
    running.add_qty,
    running.pull_qty,
    running.fill_qty,
    running.size_up_qty,
    running.refill_qty,
    running.in_up_qty,
    running.in_down_qty,
    running.out_up_qty,
    running.out_down_qty,
    running.hidden_fill_qty,
    running.unknown_fill_qty,
    running.snapshot_qty,
    running.clear_qty,
    running.unknown_cancel_qty,
    running.n_add,
    running.n_pull,
    running.n_fill,
    running.n_unknown,
    running.pull_500ms_qty,
    running.pull_5s_qty,
    running.pull_60s_qty,
    running.depth_end - running.delta as depth_start,
    running.depth_end,
    (depth_start * {{ bucket_ns }} + running.delta_ns) / {{ bucket_ns }} as depth_twa,
    running.orders_end
from running
inner join market.fronts using (session, instrument_id)
where running.bucket_end > {{ book.window_edge(window_start_ns) }}
order by running.bucket_end, running.side, running.tick
