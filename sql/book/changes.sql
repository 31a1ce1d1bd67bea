{#---
doc: >
  Every change of the book of the session's contract, attributed to its order: what was added,
  pulled, filled, resized or moved, where, when and by an order of what age. As long as the raw
  day, so it is written out only for sessions whose settings keep it.
grain: [session, seq, kind, side, tick]
as_of: ts_recv
materialize: passing
columns:
  session:       DATE      | date    | New York trading date
  instrument_id: UINTEGER  | id      | venue instrument number
  bucket_end:    TIMESTAMP | UTC     | exclusive end of the 5 s bucket; of all before the window its start
  seq:           BIGINT    | order   | file order, days since 1970 of date x 2^32 + row_no
  ts_recv:       BIGINT    | ns, UTC | when the vendor received it
  order_id:      UBIGINT   | id      | order
  kind:          VARCHAR   | text    | snapshot, add, pull, fill, size_up, refill, in_up, in_down, out_up, out_down, hidden_fill, unknown_fill, unknown_cancel or clear
  side:          VARCHAR   | text    | bid or ask
  tick:          INTEGER   | ticks   | price / tick size
  price:         DOUBLE    | points  | where
  qty:           BIGINT    | lots    | how much
  delta:         BIGINT    | lots    | change of resting size at side and tick
  orders_delta:  INTEGER   | orders  | change of the number of orders resting there
  age_ns:        BIGINT    | ns      | since the order was entered, null where it never rested
  is_unknown:    BOOLEAN   | flag    | a modify or cancel of an id that does not rest
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/state.sql' as state %}
with added as (
    select
        seq,
        order_id,
        ts_recv,
        if(action = {{ state.SNAPSHOT }}, 'snapshot', 'add') as kind,
        is_bid,
        tick,
        size as qty,
        qty as delta,
        1 as orders_delta,
        0::bigint as age_ns,
        action = {{ state.MODIFY }} and before = 0 as is_unknown
    from book.steps
    where
        action <> {{ state.CANCEL }} and size > 0
        and (action <> {{ state.MODIFY }} or before = 0 or is_bid <> is_bid_before)
),

-- an add of an id that rests: the old order leaves whole, whatever traded
replaced as (
    select
        seq,
        order_id,
        ts_recv,
        'pull' as kind,
        is_bid_before as is_bid,
        tick_before as tick,
        before as qty,
        -qty as delta,
        -1 as orders_delta,
        age_ns,
        false as is_unknown
    from book.steps
    where
        action < {{ state.MODIFY }} and before > 0
),

-- of what leaves, first the part that traded, then the part that was withdrawn
filled as (
    select
        seq,
        order_id,
        ts_recv,
        'fill' as kind,
        is_bid_before as is_bid,
        tick_before as tick,
        filled as qty,
        -qty as delta,
        if(
            dropped = filled
            and (after = 0 or (action = {{ state.MODIFY }} and is_bid <> is_bid_before)),
            -1,
            0
        )
            as orders_delta,
        age_ns,
        false as is_unknown
    from book.steps
    where
        action >= {{ state.MODIFY }} and filled > 0
),

pulled as (
    select
        seq,
        order_id,
        ts_recv,
        'pull' as kind,
        is_bid_before as is_bid,
        tick_before as tick,
        dropped - filled as qty,
        -qty as delta,
        if(after = 0 or (action = {{ state.MODIFY }} and is_bid <> is_bid_before), -1, 0)
            as orders_delta,
        age_ns,
        false as is_unknown
    from book.steps
    where
        action >= {{ state.MODIFY }} and dropped > filled
),

moved as (
    select * from book.steps
    where
        action = {{ state.MODIFY }}
        and before > 0
        and size > 0
        and is_bid = is_bid_before
        and tick <> tick_before
),

moved_out as (
    select
        seq,
        order_id,
        ts_recv,
        if(tick > tick_before, 'out_up', 'out_down') as kind,
        is_bid,
        tick_before as tick,
        least(before, size) as qty,
        -qty as delta,
        -1 as orders_delta,
        age_ns,
        false as is_unknown
    from moved
),

moved_in as (
    select
        seq,
        order_id,
        ts_recv,
        if(tick > tick_before, 'in_up', 'in_down') as kind,
        is_bid,
        tick,
        least(before, size) as qty,
        qty as delta,
        1 as orders_delta,
        age_ns,
        false as is_unknown
    from moved
),

-- an iceberg shows its next part at the same price; elsewhere more size is just more size
grown as (
    select
        seq,
        order_id,
        ts_recv,
        if(tick = tick_before and event_fills > 0, 'refill', 'size_up') as kind,
        is_bid,
        tick,
        size - before as qty,
        qty as delta,
        0 as orders_delta,
        age_ns,
        false as is_unknown
    from book.steps
    where
        action = {{ state.MODIFY }} and before > 0 and size > before and is_bid = is_bid_before
),

cancelled_unknown as (
    select
        seq,
        order_id,
        ts_recv,
        'unknown_cancel' as kind,
        is_bid,
        tick,
        size as qty,
        0 as delta,
        0 as orders_delta,
        null::bigint as age_ns,
        true as is_unknown
    from book.steps
    where
        action = {{ state.CANCEL }} and before = 0
),

unexplained as (
    select
        seq,
        order_id,
        ts_recv,
        kind,
        is_bid,
        tick,
        qty,
        0 as delta,
        0 as orders_delta,
        age_ns,
        false as is_unknown
    from book.unexplained_fills
),

last_steps as (
    select
        order_id,
        clear_seq,
        if(action = {{ state.CANCEL }}, is_bid_before, is_bid) as is_bid,
        if(action = {{ state.CANCEL }}, tick_before, tick) as tick,
        after,
        entered_at
    from book.odd_steps
    where clear_seq is not null
    qualify row_number() over (partition by order_id, clear_seq order by seq desc) = 1
),

cleared as (
    select
        clears.seq,
        last_steps.order_id,
        clears.ts_recv,
        'clear' as kind,
        last_steps.is_bid,
        last_steps.tick,
        last_steps.after as qty,
        -qty as delta,
        -1 as orders_delta,
        greatest(clears.ts_event - last_steps.entered_at, 0) as age_ns,
        false as is_unknown
    from last_steps
    inner join book.clears on last_steps.clear_seq = clears.seq
    where
        last_steps.after > 0
),

changes as (
    from added
    union all
    from replaced
    union all
    from filled
    union all
    from pulled
    union all
    from moved_out
    union all
    from moved_in
    union all
    from grown
    union all
    from cancelled_unknown
    union all
    from unexplained
    union all
    from cleared
)

select
    date '{{ session }}' as session,
    fronts.instrument_id,
    {{ book.bucket_end('changes.ts_recv') }} as bucket_end,
    changes.seq,
    changes.ts_recv,
    changes.order_id,
    changes.kind,
    if(changes.is_bid, 'bid', 'ask') as side,
    changes.tick,
    changes.tick * fronts.tick_size as price,
    changes.qty,
    changes.delta,
    changes.orders_delta,
    changes.age_ns,
    changes.is_unknown
from changes
cross join market.fronts
