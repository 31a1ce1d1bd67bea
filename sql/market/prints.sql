{#---
doc: >
  Every trade from the overnight open to the end of the window, once. Where several schemas carry an
  instrument's trades of a date, the one that carries the most lots speaks; at a tie the finest.
grain: [source, file_id, row_no, date]
as_of: ts_recv
columns:
  side:   VARCHAR | code | aggressor, B buys, A sells, N none
  source: VARCHAR | text | schema it was landed in
---#}
{% set fields = 'instrument_id, ts_recv, ts_event, side, price_e9, price, size'
    ~ ', date, file_id, row_no' %}
with landed as (
    select {{ fields }}, 'mbo' as source, 1 as coarseness from staging.mbo
    where action = 'T'  -- F names the resting side of the same lots
    union all
    select {{ fields }}, 'trades' as source, 2 as coarseness from staging.trades
    union all
    select {{ fields }}, 'tbbo' as source, 3 as coarseness from staging.tbbo
    union all
    select {{ fields }}, 'mbp-1' as source, 4 as coarseness from staging.mbp_1
    where action = 'T'
),

in_time as (
    select *
    from landed
    where ts_recv >= {{ overnight_open_ns }} and ts_recv < {{ window_end_ns }}
),

spoken_for as (
    select
        instrument_id,
        date,
        source
    from in_time
    group by instrument_id, date, source, coarseness
    -- a short file of orders beside a day of trades must not hide them; at a tie the finest
    qualify row_number() over (
        partition by instrument_id, date
        order by sum(size) desc, coarseness
    ) = 1
)

select
    date '{{ session }}' as session,
    in_time.instrument_id,
    in_time.ts_recv,
    in_time.ts_event,
    in_time.side,
    in_time.price_e9,
    in_time.price,
    in_time.size,
    in_time.source,
    in_time.date,
    in_time.file_id,
    in_time.row_no
from in_time
inner join spoken_for using (instrument_id, date, source)
order by in_time.instrument_id, in_time.date, in_time.row_no
