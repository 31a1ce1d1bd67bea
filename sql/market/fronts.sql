{#---
doc: >
  The contract that the session's book is built for: the one the settings name, or the root's
  outright that traded most in the latest earlier session, or else in this one.
grain: [session, root]
as_of: window start  # chosen from the earlier session where one landed
lookback: {market.instruments: 1}
columns:
  is_defined: BOOLEAN | flag | its tick size is that of a definition; else that of the settings
---#}
with candidates as (
    select
        today.*,
        -- what was only quoted says nothing of what trades most
        nullif(earlier.volume, 0) as earlier_volume
    from market.instruments as today
    left join market.instruments as earlier
        on today.raw_symbol = earlier.raw_symbol and today.session > earlier.session
    where
        today.session = date '{{ session }}'
        {% if instrument is none %}
        and today.is_outright
        {% else %}
        and today.raw_symbol = '{{ instrument }}'
        {% endif %}
)

select
    date '{{ session }}' as session,
    '{{ root }}' as root,
    instrument_id,
    raw_symbol,
    tick_e9,
    tick_e9 / 1e9 as tick_size,
    is_defined,
    {% if instrument is none %}
    if(earlier_volume is null, 'this session', 'earlier session') as chosen_by
    {% else %}
    'settings' as chosen_by
    {% endif %}
from candidates
-- the most lots in the latest earlier session, so that this one's future is not looked into; else
-- in this one, then the most records, then the lower number
order by earlier_volume desc nulls last, volume desc, n_records desc, instrument_id asc
limit 1
