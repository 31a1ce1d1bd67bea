{#---
doc: What landed of contracts, in words for whoever finds that the one asked for did not, one row.
grain: [names]
as_of: window end
columns:
  names:   VARCHAR | text | outrights of any root and other symbols that landed, the most traded first
  unnamed: VARCHAR | text | instruments that no symbol and no definition names, null where there are none
---#}
with named as (
    select
        *,
        coalesce(
            raw_symbol,
            if(is_outright, 'a continuous one', null),
            if(is_defined, 'instrument ' || instrument_id, null)
        ) as name
    from market.instruments
    where session = date '{{ session }}'
),

ranked as (
    select
        *,
        row_number() over (
            partition by name is null
            order by volume desc, n_records desc, instrument_id asc
        ) as place
    from named
),

told as (
    select
        name is null as is_unnamed,
        string_agg(coalesce(name, instrument_id::varchar), ', ' order by place)
        filter (where place <= 3)
        || if(count(*) > 3, ' and ' || (count(*) - 3) || ' more', '') as listed
    from ranked
    group by is_unnamed
)

select
    max(listed) filter (where not is_unnamed) as names,
    max(listed) filter (where is_unnamed) as unnamed
from told
