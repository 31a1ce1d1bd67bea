{#---
doc: What each instrument number stood for and when, from file metadata and from definitions.
grain: [instrument_id, raw_symbol, start_date, end_date, source]
as_of: start_date
columns:
  raw_symbol: VARCHAR | text | venue symbol, such as ESH4
  start_date: DATE    | UTC  | first date the number stands for the symbol
  end_date:   DATE    | UTC  | first date it no longer does
  source:     VARCHAR | text | metadata or definition
---#}
with from_metadata as (
    select distinct
        case
            when stype_in = 'instrument_id' then try_cast(symbol as uinteger)
            else instrument_id
        end as instrument_id,
        case when stype_in = 'instrument_id' then mapped else symbol end as raw_symbol,
        start_date,
        end_date,
        'metadata' as source
    from raw.symbology
    -- a continuous symbol such as ES.c.0 names no instrument of the venue
    where stype_in <> 'continuous'
)

select
    instrument_id,
    raw_symbol,
    start_date,
    end_date,
    source
from from_metadata
where instrument_id is not null
union all
select distinct
    instrument_id,
    raw_symbol,
    date as start_date,
    date + 1 as end_date,
    'definition' as source
from staging.definitions
