{#---
doc: >
  Settlements of the session's contract for the regular trading day before, each from when it is
  known: preliminary as the venue publishes it, then final.
grain: [known_at]
as_of: known_at
lookback: {staging.statistics: 2}
columns:
  price:    DOUBLE    | points | settled
  known_at: TIMESTAMP | UTC    | the first second after the publication
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/hours.sql' as hours with context %}
with published as (
    select
        statistics.price,
        statistics.ts_recv,
        statistics.row_no,
        statistics.stat_flags & 1 as is_final  -- bit 0: final, else preliminary
    from staging.statistics
    inner join market.fronts using (instrument_id)
    where
        statistics.stat_type = 3  -- settlement price
        and not statistics.is_deleted  -- withdrawn: what was published before it stands
        and statistics.price is not null
        and {{ time.at('statistics.ts_ref') }}::date = date '{{ previous_rth_date }}'
        and statistics.ts_recv < {{ window_end_ns }}
),

ranked as (
    select
        *,
        {{ hours.next_second('ts_recv') }} as known_at,
        max(is_final) over (order by ts_recv, row_no) as has_final
    from published
)

select
    price,
    known_at
from ranked
where is_final = has_final
-- of several within a second the last one published, which corrects those before
qualify row_number() over (partition by known_at order by ts_recv desc, row_no desc) = 1
