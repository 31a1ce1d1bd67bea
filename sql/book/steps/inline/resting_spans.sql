{#---
doc: >
  How orders rest over the ends of buckets of the window: a row for every order, place and size that
  is there at the end of one bucket or more. What comes and goes within a bucket has none.
grain: [seq]
as_of: ts_recv  # but for last_end, which tells when the order changed next
columns:
  seq:       BIGINT    | order | file order of the record that made it so
  qty:       BIGINT    | lots  | resting
  first_end: TIMESTAMP | UTC   | end of the first bucket of the window that ends with it
  last_end:  TIMESTAMP | UTC   | end of the last one
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/state.sql' as state %}
with steps as (
    select
        seq,
        order_id,
        ts_recv,
        action,
        is_bid,
        tick,
        is_bid_before,
        tick_before,
        after,
        entered_at,
        ts_next
    from book.regular_steps
    union all
    select
        odd_steps.seq,
        odd_steps.order_id,
        odd_steps.ts_recv,
        odd_steps.action,
        odd_steps.is_bid,
        odd_steps.tick,
        odd_steps.is_bid_before,
        odd_steps.tick_before,
        odd_steps.after,
        odd_steps.entered_at,
        coalesce(
            lead(odd_steps.ts_recv) over (
                partition by odd_steps.order_id, odd_steps.clear_seq
                order by odd_steps.seq
            ),
            clears.ts_recv
        ) as ts_next
    from book.odd_steps
    left join book.clears on odd_steps.clear_seq = clears.seq
),

bounded as (
    select
        seq,
        order_id,
        if(action = {{ state.CANCEL }}, is_bid_before, is_bid) as is_bid,
        if(action = {{ state.CANCEL }}, tick_before, tick) as tick,
        after as qty,
        entered_at,
        greatest(
            {{ book.bucket_end('ts_recv') }}, {{ time.at(window_start_ns + bucket_ns) }}
        ) as first_end,
        if(
            ts_next is null,
            {{ time.at(window_end_ns) }},
            {{ book.bucket_end('ts_next') }} - {{ time.buckets(1) }}
        ) as last_end
    from steps
    where after > 0
)

select
    seq,
    order_id,
    is_bid,
    tick,
    qty,
    entered_at,
    first_end,
    last_end
from bounded
where first_end <= last_end
