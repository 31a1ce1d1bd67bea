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
with aged as (
    select
        bucket_end,
        side,
        tick,
        kind,
        -- the age matters only of what is pulled; a sum per band is cheaper than one per threshold
        if(
            kind = 'pull',
            (age_ns >= 500000000)::tinyint
            + (age_ns >= 5000000000)::tinyint
            + (age_ns >= 60000000000)::tinyint,
            0
        )::tinyint as age_band,
        is_unknown,
        qty,
        orders_delta,
        -- what came before the window counts as a whole bucket: no sum of it can overflow
        qty * least(epoch_us(bucket_end) * 1000 - ts_recv, {{ bucket_ns }}) as qty_ns
    from book.changes
),

summed as (
    select
        bucket_end,
        side,
        tick,
        kind,
        age_band,
        is_unknown,
        sum(qty)::bigint as qty,
        count(*) as n_changes,
        sum(orders_delta)::bigint as orders_delta,
        sum(qty_ns)::bigint as qty_ns
    from aged
    group by bucket_end, side, tick, kind, age_band, is_unknown
),

signed as (
    select
        *,
        case
            when kind in ('snapshot', 'add', 'size_up', 'refill', 'in_up', 'in_down') then 1
            when kind in ('pull', 'fill', 'out_up', 'out_down', 'clear') then -1
            else 0
        end as sign
    from summed
)

select
    fronts.session,
    fronts.instrument_id,
    signed.bucket_end,
    signed.side,
    signed.tick,
    signed.kind,
    signed.age_band,
    signed.is_unknown,
    signed.qty,
    signed.n_changes,
    signed.sign * signed.qty as delta,
    signed.orders_delta,
    signed.sign * signed.qty_ns as delta_ns
from signed
cross join market.fronts
