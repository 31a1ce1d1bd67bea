{#---
doc: >
  The two-minute bars of the session's contract that averages are made of, back into the session of
  the weekday before, numbered within each piece in which none is missing.
grain: [bar_end]
as_of: bar_end
lookback: {market.day_bars_2m: 1}
columns:
  is_day_end: BOOLEAN | flag    | ends at 17:00, after which trading halts
  close_e9:   BIGINT  | 1e-9 pt | last trade
  piece:      BIGINT  | number  | of bars that follow one another
  bar_no:     BIGINT  | number  | of the bar in its piece, from 1
---#}
{% import 'macros/time.sql' as time with context %}
with fronts as (
    select
        session,
        -- on Monday the weekday before is Friday, on Sunday too
        session - case isodow(session) when 1 then 3 when 7 then 2 else 1 end as weekday_before,
        coalesce(raw_symbol, instrument_id::varchar) as name
    from market.fronts
),

bars as (
    select
        day_bars_2m.bar_end,
        day_bars_2m.is_day_end,
        day_bars_2m.close,
        round(day_bars_2m.close * 1e9)::bigint as close_e9
    from market.day_bars_2m
    inner join fronts
        on coalesce(day_bars_2m.raw_symbol, day_bars_2m.instrument_id::varchar) = fronts.name
    where
        (
            day_bars_2m.session = fronts.session
            and day_bars_2m.bar_end <= {{ time.at(window_end_ns) }}
        )
        or (
            day_bars_2m.session = fronts.weekday_before
            and day_bars_2m.bar_end <= {{ time.at(overnight_open_ns) }}
        )
),

steps as (
    select
        *,
        lag(bar_end) over (order by bar_end) as last_end,
        lag(is_day_end) over (order by bar_end)
        and (epoch_ns(bar_end) - {{ time.BAR_NS }} - {{ overnight_open_ns }})
        % {{ time.DAY_NS }} = 0 as is_reopening
    from bars
),

-- the hour from 17:00, in which nothing can trade, is no hole
pieces as (
    select
        *,
        count(*) filter (
            where bar_end != last_end + to_microseconds({{ time.BAR_NS // 1000 }})
            and not is_reopening
        ) over (order by bar_end) as piece
    from steps
)

select
    bar_end,
    is_day_end,
    close,
    close_e9,
    piece,
    row_number() over (partition by piece order by bar_end) as bar_no
from pieces
