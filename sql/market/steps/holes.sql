{#---
doc: >
  When the files that an instrument's trades are taken from are silent because of what landed,
  before the first, between two and after the last. A file tells all from its first record to its
  last; less than a minute from one to the next is none, since one that was asked for from the end of
  another on begins with the first record after.
grain: [instrument_id, start_ns]
as_of: end_ns
columns:
  start_ns: BIGINT | ns, UTC | last record before, 0 where there is none
  end_ns:   BIGINT | ns, UTC | first record after, null where there is none
---#}
{% import 'macros/time.sql' as time with context %}
with landed as (
    {% for source, relation in {
        'mbo': 'mbo', 'trades': 'trades', 'tbbo': 'tbbo', 'mbp-1': 'mbp_1'
    }.items() %}
    select
        instrument_id,
        date,
        file_id,
        '{{ source }}' as source,
        min(ts_recv) as first_ns,
        max(ts_recv) as last_ns
    from staging.{{ relation }}
    group by instrument_id, date, file_id
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

files as (
    select
        landed.instrument_id,
        min(landed.first_ns) as first_ns,
        max(landed.last_ns) as last_ns
    from landed
    inner join market.print_sources using (instrument_id, date, source)
    group by landed.instrument_id, landed.source, landed.file_id
),

ordered as (
    select
        instrument_id,
        first_ns,
        coalesce(
            max(last_ns) over (
                partition by instrument_id
                order by first_ns, last_ns
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as told_ns
    from files
)

select
    instrument_id,
    told_ns as start_ns,
    first_ns as end_ns
from ordered
where first_ns > told_ns + {{ time.MINUTE_NS }}
union all
select
    instrument_id,
    max(last_ns) as start_ns,
    null as end_ns
from files
group by instrument_id
