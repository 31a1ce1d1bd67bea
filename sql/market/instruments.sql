{#---
doc: Every instrument of which orders, quotes or trades landed for the session, and how much.
grain: [session, instrument_id]
as_of: window end  # a summary of the whole session: never an input of a bucket of the same session but for the choice of contract
columns:
  instrument_class: VARCHAR | code    | F future, C call, P put and others; null where no definition landed
  is_outright:      BOOLEAN | flag    | an outright future of the root
  is_defined:       BOOLEAN | flag    | a definition landed before the window's end
  n_records:        BIGINT  | records | order and quote records landed for the session's dates
  volume:           BIGINT  | lots    | traded from the overnight open to the end of the window
---#}
{% import 'macros/time.sql' as time with context %}
{% set first_date = time.at(window_start_ns) ~ '::date' %}
with counted as (
    {% for relation in ('mbo', 'mbp_1', 'bbo') %}
    select
        instrument_id,
        count(*) as n_records
    from staging.{{ relation }}
    group by instrument_id
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

traded as (
    select
        instrument_id,
        sum(size)::bigint as volume
    from market.prints
    group by instrument_id
),

seen as (
    select
        instrument_id,
        sum(n_records)::bigint as n_records
    from counted
    group by instrument_id
    union all by name
    select
        instrument_id,
        0::bigint as n_records
    from traded
),

instruments as (
    select
        instrument_id,
        max(n_records) as n_records
    from seen
    group by instrument_id
),

defined as (
    select
        instrument_id,
        -- the last definition before the window's end is in force, of several at once the last one
        arg_max(raw_symbol, (ts_recv, date, row_no)) as raw_symbol,
        arg_max(asset, (ts_recv, date, row_no)) as asset,
        arg_max(instrument_class, (ts_recv, date, row_no)) as instrument_class,
        arg_max(tick_e9, (ts_recv, date, row_no)) as tick_e9
    from staging.definitions
    where ts_recv < {{ window_end_ns }}
    group by instrument_id
),

named as (
    select
        instrument_id,
        -- one number has one name on a date; should a file disagree, the same one every time
        min(raw_symbol) as raw_symbol
    from staging.symbols
    where start_date <= {{ first_date }} and end_date > {{ first_date }}
    group by instrument_id
),

-- what was asked for as ES.c.0, ES.v.0 or ES.n.0 is an outright, whose own name is not told
continuous as (
    select distinct instrument_id
    from raw.symbology
    where
        stype_in = 'continuous'
        and regexp_full_match(symbol, '{{ root }}[.][cnv][.][0-9]+')
        and start_date <= {{ first_date }} and end_date > {{ first_date }}
)

select
    date '{{ session }}' as session,
    instruments.instrument_id,
    coalesce(defined.raw_symbol, named.raw_symbol) as raw_symbol,
    defined.instrument_class,
    coalesce(
        defined.instrument_class = 'F' and defined.asset = '{{ root }}',
        regexp_full_match(named.raw_symbol, '{{ root }}[FGHJKMNQUVXZ][0-9]{1,2}'),
        continuous.instrument_id is not null
    ) as is_outright,
    defined.instrument_id is not null as is_defined,
    coalesce(defined.tick_e9, {{ (tick_size * 1000000000) | int }}) as tick_e9,
    instruments.n_records,
    coalesce(traded.volume, 0) as volume
from instruments
left join traded using (instrument_id)
left join defined using (instrument_id)
left join named using (instrument_id)
left join continuous using (instrument_id)
order by instruments.instrument_id
