{#---
doc: >
  The regular trading day before, of the same contract; nothing of a day that did not land whole or
  as a session of its own. A settlement goes from preliminary to final as the venue publishes it.
grain: [level_id, known_at]
as_of: known_at
lookback: {market.rth_days: 2, staging.statistics: 2}
columns:
  level_id: VARCHAR   | text   | PD_HIGH, PD_LOW, PD_CLOSE or PD_SETTLE
  price:    DOUBLE    | points | traded or settled
  known_at: TIMESTAMP | UTC    | end of that day's regular hours; the first second after the publication
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/hours.sql' as hours with context %}
with days as (
    select
        rth_days.high,
        rth_days.low,
        rth_days.close,
        rth_days.rth_close
    from market.rth_days
    inner join market.fronts
        on
            coalesce(rth_days.raw_symbol, rth_days.instrument_id::varchar)
            = coalesce(fronts.raw_symbol, fronts.instrument_id::varchar)
    where rth_days.session = date '{{ previous_rth_date }}' and rth_days.is_whole
),

settlements as (
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
    from settlements
),

settled as (
    select
        price,
        known_at
    from ranked
    where is_final = has_final
    -- of several within a second the last one published, which corrects those before
    qualify row_number() over (partition by known_at order by ts_recv desc, row_no desc) = 1
)

{% for what in ('high', 'low', 'close') %}
select
    'PD_{{ what | upper }}' as level_id,
    'PD_{{ what | upper }}' as kind,
    {{ what }} as price,
    rth_close as known_at
from days
union all
{% endfor %}
select
    'PD_SETTLE' as level_id,
    'PD_SETTLE' as kind,
    price,
    known_at
from settled
