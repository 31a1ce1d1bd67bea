{#---
doc: Lots traded per bucket and price of the session's contract, by who crossed the spread.
grain: [session, instrument_id, bucket_end, tick]
as_of: bucket_end
columns:
  unsided_qty: BIGINT | lots | no aggressor, such as an auction
  buy_qty:     BIGINT | lots | a buyer crossed
  sell_qty:    BIGINT | lots | a seller crossed
---#}
{% import 'macros/book.sql' as book with context %}
with placed as (
    select
        prints.instrument_id,
        {{ book.bucket_end('prints.ts_recv') }} as bucket_end,
        {{ book.trade_tick('prints', 'fronts.tick_e9') }} as tick,
        fronts.tick_e9,
        prints.side,
        prints.size
    from market.prints
    inner join market.fronts using (instrument_id)
    where prints.ts_recv >= {{ window_start_ns }}
)

select
    date '{{ session }}' as session,
    instrument_id,
    bucket_end,
    tick,
    tick * tick_e9 / 1e9 as price,
    sum(if(side = 'B', size, 0))::bigint as buy_qty,
    sum(if(side = 'A', size, 0))::bigint as sell_qty,
    -- N: an auction, or implied by another book
    sum(if(side not in ('A', 'B'), size, 0))::bigint as unsided_qty,
    count(*) as n_trades
from placed
group by instrument_id, bucket_end, tick, tick_e9
order by bucket_end, tick
