{#---
doc: >
  What the steps change that may change several things at once, what trades without changing the
  book, and what clears of the book remove.
grain: [seq, kind, is_bid, tick]
as_of: event end  # a fill may follow the record that it explains
columns:
  kind:         UTINYINT | code   | kind of change, see macros/kinds.sql
  orders_delta: TINYINT  | orders | change of the number of orders resting there
---#}
{% import 'macros/kinds.sql' as kinds %}
{% import 'macros/state.sql' as state %}
with added as (
    select
        seq,
        order_id,
        ts_recv,
        if(
            action = {{ state.SNAPSHOT }},
            {{ kinds.code('snapshot') }},
            {{ kinds.code('add') }}
        ) as kind,
        is_bid,
        tick,
        size as qty,
        1 as orders_delta,
        0::bigint as age_ns,
        action = {{ state.MODIFY }} and before = 0 as is_unknown
    from book.compound_steps
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
        {{ kinds.code('pull') }} as kind,
        is_bid_before as is_bid,
        tick_before as tick,
        before as qty,
        -1 as orders_delta,
        age_ns,
        false as is_unknown
    from book.compound_steps
    where
        action < {{ state.MODIFY }} and before > 0
),

-- of what leaves, first the part that traded, then the part that was withdrawn
filled as (
    select
        seq,
        order_id,
        ts_recv,
        {{ kinds.code('fill') }} as kind,
        is_bid_before as is_bid,
        tick_before as tick,
        filled as qty,
        if(
            dropped = filled
            and (after = 0 or (action = {{ state.MODIFY }} and is_bid <> is_bid_before)),
            -1,
            0
        )
            as orders_delta,
        age_ns,
        false as is_unknown
    from book.compound_steps
    where
        action >= {{ state.MODIFY }} and filled > 0
),

pulled as (
    select
        seq,
        order_id,
        ts_recv,
        {{ kinds.code('pull') }} as kind,
        is_bid_before as is_bid,
        tick_before as tick,
        dropped - filled as qty,
        if(after = 0 or (action = {{ state.MODIFY }} and is_bid <> is_bid_before), -1, 0)
            as orders_delta,
        age_ns,
        false as is_unknown
    from book.compound_steps
    where
        action >= {{ state.MODIFY }} and dropped > filled
),

moved as (
    select * from book.compound_steps
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
        if(tick > tick_before, {{ kinds.code('out_up') }}, {{ kinds.code('out_down') }}) as kind,
        is_bid,
        tick_before as tick,
        least(before, size) as qty,
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
        if(tick > tick_before, {{ kinds.code('in_up') }}, {{ kinds.code('in_down') }}) as kind,
        is_bid,
        tick,
        least(before, size) as qty,
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
        if(
            tick = tick_before and event_fills > 0,
            {{ kinds.code('refill') }},
            {{ kinds.code('size_up') }}
        ) as kind,
        is_bid,
        tick,
        size - before as qty,
        0 as orders_delta,
        age_ns,
        false as is_unknown
    from book.compound_steps
    where
        action = {{ state.MODIFY }} and before > 0 and size > before and is_bid = is_bid_before
),

cancelled_unknown as (
    select
        seq,
        order_id,
        ts_recv,
        {{ kinds.code('unknown_cancel') }} as kind,
        is_bid,
        tick,
        size as qty,
        0 as orders_delta,
        null::bigint as age_ns,
        true as is_unknown
    from book.compound_steps
    where
        action = {{ state.CANCEL }} and before = 0
),

unexplained as (
    select
        seq,
        order_id,
        ts_recv,
        if(
            kind = 'hidden_fill',
            {{ kinds.code('hidden_fill') }},
            {{ kinds.code('unknown_fill') }}
        ) as kind,
        is_bid,
        tick,
        qty,
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
        {{ kinds.code('clear') }} as kind,
        last_steps.is_bid,
        last_steps.tick,
        last_steps.after as qty,
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
    seq,
    order_id,
    ts_recv,
    kind::utinyint as kind,
    is_bid,
    tick,
    qty,
    orders_delta::tinyint as orders_delta,
    age_ns,
    is_unknown
from changes
