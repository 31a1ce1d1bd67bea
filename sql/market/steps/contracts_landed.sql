{#---
doc: What landed of contracts, in words for whoever finds that the one asked for did not, one row.
grain: [names]
as_of: window end
columns:
  names:   VARCHAR | text | outrights of any root and other symbols that landed, the most traded first
  unnamed: VARCHAR | text | instruments that no symbol and no definition names, null where there are none
---#}
with sorted as (
    select
        coalesce(
            raw_symbol,
            if(is_outright, 'a continuous one', null),
            if(is_defined, 'instrument ' || instrument_id, null)
        ) as name,
        instrument_id,
        volume,
        n_records
    from market.instruments
    where session = date '{{ session }}'
),

ranked as (
    select
        *,
        row_number() over named as place,
        count(*) over (partition by name is null) - 3 as n_more
    from sorted
    window named as (
        partition by name is null
        order by volume desc, n_records desc, instrument_id asc
    )
),

told as (
    select
        name is null as is_unnamed,
        string_agg(coalesce(name, instrument_id::varchar), ', ' order by place)
        || if(max(n_more) > 0, ' and ' || max(n_more) || ' more', '') as listed
    from ranked
    where place <= 3
    group by is_unnamed
)

select
    max(listed) filter (where not is_unnamed) as names,
    max(listed) filter (where is_unnamed) as unnamed
from told
