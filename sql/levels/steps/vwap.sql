{#---
doc: >
  Mean price of all regular trades so far, weighted by lots, at the end of each bucket that traded.
  Null, and no level any more, from where a part of them did not land.
grain: [level_id, known_at]
as_of: known_at
columns:
  price:    DOUBLE    | points | of the trades before known_at
  known_at: TIMESTAMP | UTC    | end of a bucket, the window's start for all before
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/hours.sql' as hours with context %}
with traded as (
    select
        {{ book.bucket_end('prints.ts_recv') }} as known_at,
        sum(prints.price_e9::hugeint * prints.size) as paid_e9,
        sum(prints.size) as qty
    from market.prints
    inner join market.fronts using (instrument_id)
    where prints.ts_recv >= {{ rth_open_ns }} and prints.ts_recv < {{ rth_close_ns }}
    group by known_at
),

summed as (
    select
        known_at,
        sum(paid_e9) over (order by known_at) as paid_e9,
        sum(qty) over (order by known_at) as qty
    from traded
)

select
    'VWAP' as level_id,
    'VWAP' as kind,
    if(
        exists (
            select 1
            from levels.gaps
            where {{ hours.tears('gaps', rth_open_ns, 'epoch_ns(summed.known_at)') }}
        ),
        null,
        paid_e9 / qty / 1e9
    ) as price,
    known_at
from summed
