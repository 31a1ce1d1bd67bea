{#---
doc: >
  Fills that no decrease of their event explains: the hidden part of an iceberg where the order
  rested when the event began, else a trade of an order that is not in the book.
grain: [seq, is_bid, tick]
as_of: event end
columns:
  seq:     BIGINT  | order   | file order of the order's last fill in the event
  ts_recv: BIGINT  | ns, UTC | of that last fill
  kind:    VARCHAR | text    | hidden_fill or unknown_fill
  is_bid:  BOOLEAN | flag    | side of the order, or else of the fill
  tick:    INTEGER | ticks   | price of the order when the event began, or else of the fill
  qty:     BIGINT  | lots    | filled
  age_ns:  BIGINT  | ns      | of the order, null where it did not rest
---#}
{% import 'macros/state.sql' as state %}
with filled as (
    select
        order_id,
        event_no,
        max(seq) as seq,
        sum(size)::bigint as fills
    from book.fills
    group by order_id, event_no
),

steps as (
    select
        *,
        null::bigint as clear_seq
    from book.traded_steps
    union all by name
    select odd_steps.*
    from book.odd_steps
    semi join book.fills using (order_id)
),

explained as (
    select
        order_id,
        event_no,
        sum(filled)::bigint as explained
    from steps
    group by order_id, event_no
),

unexplained as (
    select
        filled.order_id,
        filled.event_no,
        filled.seq,
        filled.fills,
        coalesce(explained.explained, 0) as explained
    from filled
    left join explained using (order_id, event_no)
    where filled.fills > coalesce(explained.explained, 0)
),

-- what each event left of these orders
left_behind as (
    select
        steps.order_id,
        steps.event_no,
        arg_max(
            {
                after: steps.after,
                is_bid: if(steps.action = {{ state.CANCEL }}, steps.is_bid_before, steps.is_bid),
                tick: if(steps.action = {{ state.CANCEL }}, steps.tick_before, steps.tick),
                entered_at: steps.entered_at,
                clear_event: clears.event_no
            },
            steps.seq
        ) as left_at
    from steps
    semi join unexplained on steps.order_id = unexplained.order_id
    left join book.clears on steps.clear_seq = clears.seq
    group by steps.order_id, steps.event_no
),

-- what an earlier event left of the order, unless the book was cleared since
begun as (
    select
        unexplained.*,
        fills.ts_recv,
        fills.ts_event,
        if(left_behind.left_at.clear_event < unexplained.event_no, null, left_behind.left_at)
            as begun_at
    from unexplained
    inner join book.fills on unexplained.seq = fills.seq
    asof left join left_behind
        on
            unexplained.order_id = left_behind.order_id
            and unexplained.event_no > left_behind.event_no
),

hidden as (
    select
        begun.seq,
        begun.order_id,
        begun.ts_recv,
        'hidden_fill' as kind,
        begun_at.is_bid,
        begun_at.tick,
        begun.fills - begun.explained as qty,
        greatest(begun.ts_event - begun_at.entered_at, 0) as age_ns
    from begun
    where begun_at.after > 0
),

-- decreases use up the event's first fills, so what is left keeps the side and price of the last
counted as (
    select
        fills.order_id,
        fills.event_no,
        fills.side,
        fills.tick,
        fills.size,
        sum(fills.size) over (
            partition by fills.order_id, fills.event_no
            order by fills.seq
        )::bigint as fills_so_far
    from book.fills
    semi join unexplained using (order_id, event_no)
),

unknown as (
    select
        begun.seq,
        begun.order_id,
        begun.ts_recv,
        'unknown_fill' as kind,
        counted.side = 'B' as is_bid,
        counted.tick,
        sum(least(counted.size, counted.fills_so_far - begun.explained))::bigint as qty,
        null::bigint as age_ns
    from begun
    inner join counted using (order_id, event_no)
    where
        coalesce(begun.begun_at.after, 0) = 0
        and counted.fills_so_far > begun.explained
        and counted.side <> 'N'
    group by begun.seq, begun.order_id, begun.ts_recv, counted.side, counted.tick
)

select
    seq,
    order_id,
    ts_recv,
    kind,
    is_bid,
    tick,
    qty,
    age_ns
from hidden
union all
select
    seq,
    order_id,
    ts_recv,
    kind,
    is_bid,
    tick,
    qty,
    age_ns
from unknown
