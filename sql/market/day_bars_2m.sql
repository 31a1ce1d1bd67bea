{#---
doc: >
  Two-minute bars of every outright from the overnight open to 17:00 New York, or the window's end if
  that is later, without a gap. A bar in which nothing traded repeats the close before it, one that
  did not land whole is left out, and bars begin anew after it. From 17:00 to 18:00 there is none.
grain: [session, instrument_id, bar_end]
as_of: bar_end  # goes on after the window, so its own session reads bars up to the window's end only
columns:
  high:       DOUBLE  | points | highest trade, the close before where nothing traded
  low:        DOUBLE  | points | lowest trade, the close before where nothing traded
  close:      DOUBLE  | points | last trade, the close before where nothing traded
  is_day_end: BOOLEAN | flag   | ends at 17:00, after which trading halts
---#}
{% import 'macros/hours.sql' as hours with context %}
{% import 'macros/time.sql' as time with context %}
{% set fields = 'instrument_id, date, ts_recv, row_no, price, size' %}
with outrights as (
    select
        instrument_id,
        raw_symbol
    from market.instruments
    where is_outright or instrument_id in (select fronts.instrument_id from market.fronts)
),

after_window as (
    {% for source, relation in {
        'mbo': 'mbo', 'trades': 'trades', 'tbbo': 'tbbo', 'mbp-1': 'mbp_1'
    }.items() %}
    select
        {{ fields }},
        '{{ source }}' as source
    from staging.{{ relation }}
    where
        ts_recv >= {{ window_end_ns }}
        {% if source in ('mbo', 'mbp-1') %}
        and action = 'T'
        {% endif %}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

trades as (
    select {{ fields }} from market.prints
    union all
    select {{ fields }}
    from after_window
    inner join market.print_sources using (instrument_id, date, source)
    where after_window.ts_recv < {{ day_close_ns }}
),

traded as (
    select
        instrument_id,
        ts_recv // {{ time.BAR_NS }} * {{ time.BAR_NS }} as start_ns,
        max(price) as high,
        min(price) as low,
        -- several trades may be received at once: the last of them in the file
        arg_max(price, (ts_recv, row_no)) as close,
        sum(size)::bigint as volume
    from trades
    group by instrument_id, start_ns
),

clock as (
    select unnest(generate_series(
        {{ overnight_open_ns }},
        greatest({{ day_close_ns }}, {{ window_end_ns }}) - {{ time.BAR_NS }},
        {{ time.BAR_NS }}
    )) as start_ns
),

slots as (
    select
        outrights.instrument_id,
        outrights.raw_symbol,
        clock.start_ns
    from outrights
    cross join clock
    where
        {{ hours.is_trading('clock.start_ns') }}
        -- up to the last bucket of which anything landed; null where nobody knows
        and coalesce(
            clock.start_ns + {{ time.BAR_NS - bucket_ns }} < {{ landed_until_ns }},
            true
        )
),

holes as (
    select
        instrument_id,
        -- after a last record within the window nobody can tell there that no more comes
        if(end_ns is null, greatest(start_ns, {{ window_end_ns }}), start_ns) as start_ns,
        end_ns
    from market.holes
),

placed as (
    select
        slots.*,
        traded.* exclude (instrument_id, start_ns),
        exists(
            select 1
            from holes
            where
                holes.instrument_id = slots.instrument_id
                and {{ hours.tears('holes', 'slots.start_ns', 'slots.start_ns + ' ~ time.BAR_NS) }}
        ) as is_torn
    from slots
    left join traded using (instrument_id, start_ns)
),

numbered as (
    select
        *,
        count_if(is_torn) over (partition by instrument_id order by start_ns) as piece
    from placed
),

carried as (
    select
        *,
        last_value(close ignore nulls) over (
            partition by instrument_id, piece
            order by start_ns
            rows between unbounded preceding and current row
        ) as last_close
    from numbered
    where not is_torn
)

select
    date '{{ session }}' as session,
    instrument_id,
    raw_symbol,
    {{ time.at('(start_ns + ' ~ time.BAR_NS ~ ')') }} as bar_end,
    coalesce(high, last_close) as high,
    coalesce(low, last_close) as low,
    last_close as close,
    coalesce(volume, 0) as volume,
    start_ns + {{ time.BAR_NS }} = {{ day_close_ns }} as is_day_end
from carried
where last_close is not null
order by instrument_id, bar_end
