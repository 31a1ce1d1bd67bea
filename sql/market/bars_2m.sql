{#---
doc: Two-minute bars of the session's contract from the overnight open, closed ones only; a bar without a trade has no row.
grain: [session, instrument_id, bar_end]
as_of: bar_end
columns:
  vwap: DOUBLE | points | mean price weighted by lots
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
with ordered as (
    select
        prints.instrument_id,
        make_timestamp((prints.ts_recv // {{ time.BAR_NS }} + 1) * {{ time.BAR_NS }} // 1000)
            as bar_end,
        {{ book.seq('prints') }} as seq,
        prints.price,
        prints.price_e9,
        prints.size
    from market.prints
    inner join market.fronts using (instrument_id)
)

select
    date '{{ session }}' as session,
    instrument_id,
    bar_end,
    arg_min(price, seq) as open,
    max(price) as high,
    min(price) as low,
    arg_max(price, seq) as close,
    sum(size)::bigint as volume,
    sum(price_e9::hugeint * size) / sum(size) / 1e9 as vwap
from ordered
where bar_end <= {{ time.at(window_end_ns) }}
group by instrument_id, bar_end
order by bar_end
