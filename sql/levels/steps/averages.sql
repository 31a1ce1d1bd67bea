{#---
doc: >
  Means of the closes of the last two-minute bars at the end of every bar, back into the session of
  the weekday before where no bar is missing between. Null where too few bars follow one another.
grain: [level_id, known_at]
as_of: known_at
lookback: {market.day_bars_2m: 1}
columns:
  level_id: VARCHAR   | text   | SMA_90, SMA_200, SMA_400, plain, or EMA_20, weight 2 / 21, begun with the plain mean of 20
  price:    DOUBLE    | points | mean
  known_at: TIMESTAMP | UTC    | end of the bar
---#}
{% set bar_ns = 120 * 1000000000 %}
{% set day_ns = 86400 * 1000000000 %}
{% import 'macros/book.sql' as book with context %}
with fronts as (
    select
        session,
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
            and day_bars_2m.bar_end <= {{ book.window_edge(window_end_ns) }}
        )
        or (
            day_bars_2m.session = fronts.weekday_before
            and day_bars_2m.bar_end <= {{ book.window_edge(overnight_open_ns) }}
        )
),

steps as (
    select
        *,
        lag(bar_end) over (order by bar_end) as last_end,
        lag(is_day_end) over (order by bar_end)
        and (epoch_ns(bar_end) - {{ bar_ns }} - {{ overnight_open_ns }}) % {{ day_ns }} = 0
            as is_reopening
    from bars
),

pieces as (
    select
        *,
        count(*) filter (
            where bar_end != last_end + to_microseconds({{ bar_ns // 1000 }}) and not is_reopening
        ) over (order by bar_end) as piece
    from steps
),

numbered as (
    select
        *,
        row_number() over (partition by piece order by bar_end) as bar_no
    from pieces
),

sums as (
    select
        piece,
        bar_no,
        bar_end,
        close,
        sum(close_e9) over last_20 as sum_20,
        sum(close_e9) over last_90 as sum_90,
        sum(close_e9) over last_200 as sum_200,
        sum(close_e9) over last_400 as sum_400
    from numbered
    window
        last_20 as (
            partition by piece
            order by bar_end
            rows between 19 preceding and current row
        ),
        last_90 as (
            partition by piece
            order by bar_end
            rows between 89 preceding and current row
        ),
        last_200 as (
            partition by piece
            order by bar_end
            rows between 199 preceding and current row
        ),
        last_400 as (
            partition by piece
            order by bar_end
            rows between 399 preceding and current row
        )
),

smoothed as (
    select
        now.bar_end,
        sum(
            if(
                before.bar_no = 20,
                before.sum_20 / 20 / 1e9,
                before.close * 2 / 21
            ) * power(19 / 21, now.bar_no - before.bar_no)
            order by before.bar_no
        ) as price
    from sums as now
    inner join sums as before
        on now.piece = before.piece and now.bar_no >= before.bar_no and before.bar_no >= 20
    group by now.bar_end
)

select
    'SMA_90' as level_id,
    'SMA_90' as kind,
    if(bar_no >= 90, sum_90 / 90 / 1e9, null) as price,
    bar_end as known_at
from sums
union all
select
    'SMA_200' as level_id,
    'SMA_200' as kind,
    if(bar_no >= 200, sum_200 / 200 / 1e9, null) as price,
    bar_end as known_at
from sums
union all
select
    'SMA_400' as level_id,
    'SMA_400' as kind,
    if(bar_no >= 400, sum_400 / 400 / 1e9, null) as price,
    bar_end as known_at
from sums
union all
select
    'EMA_20' as level_id,
    'EMA_20' as kind,
    smoothed.price,
    sums.bar_end as known_at
from sums
left join smoothed using (bar_end)
