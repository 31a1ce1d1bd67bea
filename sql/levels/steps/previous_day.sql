{#---
doc: >
  The regular trading day before, of the same contract; nothing of a day that did not land whole or
  as a session of its own.
grain: [level_id, known_at]
as_of: known_at
lookback: {market.rth_days: 2}
columns:
  level_id: VARCHAR   | text   | PD_HIGH, PD_LOW, PD_CLOSE or PD_SETTLE
  price:    DOUBLE    | points | traded or settled
  known_at: TIMESTAMP | UTC    | end of that day's regular hours; when a settlement is known
---#}
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
from levels.settlements
