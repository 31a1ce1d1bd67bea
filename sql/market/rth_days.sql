{#---
doc: The regular trading hours of every outright on the session's date, also what comes after the window.
grain: [session, instrument_id]
as_of: rth_close  # its own session must not read it, later ones look back at it
columns:
  rth_close: TIMESTAMP | UTC  | exclusive end of the regular hours
  is_whole:  BOOLEAN   | flag | the hours landed from their first to their last minute
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/hours.sql' as hours with context %}
select
    date '{{ session }}' as session,
    instrument_id,
    any_value(raw_symbol) as raw_symbol,  -- one for each number
    {{ time.at(rth_close_ns) }} as rth_close,
    max(high) as high,
    min(low) as low,
    arg_max(close, bar_end) as close,
    not exists (
        select 1
        from market.holes
        where
            holes.instrument_id = day_bars_2m.instrument_id
            and {{ hours.tears('holes', rth_open_ns, rth_close_ns) }}
    ) as is_whole
from market.day_bars_2m
where
    volume > 0
    and epoch_ns(bar_end) > {{ rth_open_ns }}
    and epoch_ns(bar_end) <= {{ rth_close_ns }}
group by instrument_id
order by instrument_id
