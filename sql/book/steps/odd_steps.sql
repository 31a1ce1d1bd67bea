{#---
doc: >
  What rested before and after each record of the odd orders: all nine rules of the accounting,
  one after the other.
grain: [seq]
as_of: event end  # a fill may follow the record that it explains
columns:
  action:        UTINYINT | code    | 1 add of a snapshot, 2 add, 3 modify, 4 cancel
  is_bid:        BOOLEAN  | flag    | side of the record
  tick:          INTEGER  | ticks   | price of the record
  size:          BIGINT   | lots    | size of the record
  is_bid_before: BOOLEAN  | flag    | side of the order before
  tick_before:   INTEGER  | ticks   | price of the order before
  before:        BIGINT   | lots    | resting before, 0 where the order did not rest
  after:         BIGINT   | lots    | resting after
  dropped:       BIGINT   | lots    | what the record took away
  entered_at:    BIGINT   | ns, UTC | when the order that rests after came to rest
  age_ns:        BIGINT   | ns      | of the order before
  filled:        BIGINT   | lots    | the part of what was dropped that traded
  event_fills:   BIGINT   | lots    | all fills of the order in the event
  clear_seq:     BIGINT   | order   | the next clear of the book, if any
---#}
{% import 'macros/state.sql' as state %}
with odd as (
    select records.*
    from book.records
    semi join book.odd_orders using (order_id)
),

-- ids start over after a clear: clear_seq tells the lives before it from those after
epochs as (
    select
        odd.*,
        clears.seq as clear_seq
    from odd
    asof left join book.clears on odd.seq < clears.seq
),

-- an add or a modify states the size, cancels after it take from that
stated as (
    select
        *,
        count(*) filter (where action <> {{ state.CANCEL }}) over epoch as statement
    from epochs
    window epoch as (partition by order_id, clear_seq order by seq)
),

rested as (
    select
        *,
        if(
            statement = 0,
            0,
            greatest(
                first_value(size) over same
                - sum(
                    case
                        when action <> {{ state.CANCEL }} then 0
                        -- a cancel of size 0 takes all
                        when size = 0 then 1099511627776
                        else size
                    end
                ) over same,
                0
            )
        )::bigint as after,
        first_value(tick) over same as tick_after,
        first_value(is_bid) over same as is_bid_after
    from stated
    window same as (partition by order_id, clear_seq, statement order by seq)
),

paired as (
    select
        *,
        coalesce(lag(after) over epoch, 0) as before,
        lag(tick_after) over epoch as tick_before,
        lag(is_bid_after) over epoch as is_bid_before
    from rested
    window epoch as (partition by order_id, clear_seq order by seq)
),

-- a life begins where an order comes to rest anew: by an add, on the other side, or from nothing
lives as (
    select
        *,
        count(*) filter (
            where after > 0
            and (
                before = 0
                or action < {{ state.MODIFY }}
                or (action = {{ state.MODIFY }} and is_bid <> is_bid_before)
            )
        ) over (partition by order_id, clear_seq order by seq) as life
    from paired
),

entered as (
    select
        *,
        first_value(ts_event)
            over (partition by order_id, clear_seq, life order by seq)
            as entered_at
    from lives
),

event_fills as (
    select
        order_id,
        event_no,
        sum(size)::bigint as event_fills
    from book.fills
    group by order_id, event_no
),

dropped as (
    select
        entered.*,
        coalesce(event_fills.event_fills, 0) as event_fills,
        lag(entered.entered_at) over (
            partition by entered.order_id, entered.clear_seq
            order by entered.seq
        ) as entered_before,
        case
            when entered.before = 0 or entered.action < {{ state.MODIFY }} then 0
            when entered.action = {{ state.CANCEL }} then entered.before - entered.after
            -- on the other side it is a new order, and the old one leaves whole
            when entered.is_bid <> entered.is_bid_before then entered.before
            else greatest(entered.before - entered.size, 0)
        end as dropped
    from entered
    left join event_fills using (order_id, event_no)
),

summed as (
    select
        *,
        sum(dropped) over (partition by order_id, event_no order by seq)::bigint as dropped_so_far
    from dropped
)

select
    seq,
    event_no,
    order_id,
    ts_recv,
    ts_event,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    after,
    dropped,
    entered_at,
    if(before > 0, greatest(ts_event - entered_before, 0), null) as age_ns,
    least(dropped_so_far, event_fills) - least(dropped_so_far - dropped, event_fills) as filled,
    event_fills,
    clear_seq
from summed
