{#---
doc: >
  Book changes added up by bucket, side, price, kind and age of the order. The row whose bucket
  ends where the window starts holds everything before: the book as the window opens.
grain: [session, instrument_id, bucket_end, side, tick, kind, age_band, is_unknown]
as_of: bucket_end
materialize: step
columns:
  session:       DATE      | date      | New York trading date
  instrument_id: UINTEGER  | id        | venue instrument number
  bucket_end:    TIMESTAMP | UTC       | exclusive end of the 5 s bucket
  side:          VARCHAR   | text      | bid or ask
  tick:          INTEGER   | ticks     | price / tick size
  kind:          VARCHAR   | text      | kind of change, as in book.changes
  age_band:      TINYINT   | 0..3      | of a pull, order younger than 0.5 s, 5 s, 60 s, or older; else 0
  is_unknown:    BOOLEAN   | flag      | by modifies and cancels of ids that do not rest
  qty:           BIGINT    | lots      | how much
  n_changes:     BIGINT    | changes   | how often
  delta:         BIGINT    | lots      | change of resting size
  orders_delta:  BIGINT    | orders    | change of the number of resting orders
  delta_ns:      BIGINT    | lots x ns | each change of size times what was left of its bucket
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/kinds.sql' as kinds %}
with aged as (
    select
        {{ book.bucket_no('ts_recv') }} as bucket_no,
        is_bid,
        tick,
        kind,
        -- the age matters only of what is pulled; a sum per band is cheaper than one per threshold
        if(
            kind = {{ kinds.code('pull') }},
            (age_ns >= 500000000)::tinyint
            + (age_ns >= 5000000000)::tinyint
            + (age_ns >= 60000000000)::tinyint,
            0
        )::tinyint as age_band,
        is_unknown,
        qty,
        orders_delta,
        ts_recv
    from book.coded_changes
),

summed as (
    select
        {{ book.numbered_end('bucket_no') }} as bucket_end,
        is_bid,
        tick,
        kind,
        age_band,
        is_unknown,
        sum(qty)::bigint as qty,
        count(*) as n_changes,
        sum(orders_delta)::bigint as orders_delta,
        -- what came before the window counts as a whole bucket: no sum of it can overflow
        sum(qty * least({{ book.numbered_end_ns('bucket_no') }} - ts_recv, {{ bucket_ns }}))::bigint
            as qty_ns
    from aged
    group by bucket_no, is_bid, tick, kind, age_band, is_unknown
)

select
    fronts.session,
    fronts.instrument_id,
    summed.bucket_end,
    if(summed.is_bid, 'bid', 'ask') as side,
    summed.tick,
    {{ kinds.name('summed.kind') }} as kind,
    summed.age_band,
    summed.is_unknown,
    summed.qty,
    summed.n_changes,
    {{ kinds.sign('summed.kind') }} * summed.qty as delta,
    summed.orders_delta,
    {{ kinds.sign('summed.kind') }} * summed.qty_ns as delta_ns
from summed
cross join market.fronts
