{#---
doc: >
  Means of the closes of the last two-minute bars at the end of every bar: plain ones, and one that
  weighs a new close by 2 / (n + 1), begun with the plain mean of n. Null where too few bars follow
  one another: after a hole from when something landed again, and after the session before from when
  the bar has ended that should have gone on from it.
grain: [level_id, known_at]
as_of: known_at
columns:
  level_id: VARCHAR   | text   | SMA_90, SMA_200, SMA_400 or EMA_20
  price:    DOUBLE    | points | mean
  known_at: TIMESTAMP | UTC    | end of the bar
---#}
{% import 'macros/hours.sql' as hours with context %}
{% import 'macros/time.sql' as time with context %}
{% set plain = [90, 200, 400] %}
{% set smoothed = 20 %}
with sums as (
    select
        piece,
        bar_no,
        bar_end,
        {% for n in [smoothed] + plain %}
        sum(close_e9) over (
            partition by piece
            order by bar_end
            rows between {{ n - 1 }} preceding and current row
        ) as sum_{{ n }},
        {% endfor %}
        close
    from levels.bars_in_a_row
),

-- in the order of bars, since doubles add up to other digits in another
smoothed as (
    select
        now.bar_end,
        sum(
            if(
                before.bar_no = {{ smoothed }},
                before.sum_{{ smoothed }} / {{ smoothed }} / 1e9,
                before.close * 2 / {{ smoothed + 1 }}
            ) * power({{ smoothed - 1 }} / {{ smoothed + 1 }}, now.bar_no - before.bar_no)
            order by before.bar_no
        ) as price
    from sums as now
    inner join sums as before
        on
            now.piece = before.piece
            and now.bar_no >= before.bar_no
            and before.bar_no >= {{ smoothed }}
    group by now.bar_end
),

-- when a bar should have gone on from the last one of the session before
due as (
    select
        if(is_day_end, {{ time.at(overnight_open_ns) }}, bar_end)
        + to_microseconds({{ time.BAR_NS // 1000 }}) as due_at
    from levels.bars_in_a_row
    where bar_end <= {{ time.at(overnight_open_ns) }}
    order by bar_end desc
    limit 1
),

-- also the one under way, which may be torn already
slots as (
    select unnest(generate_series(
        {{ overnight_open_ns }}, {{ window_end_ns - 1 }}, {{ time.BAR_NS }}
    )) as start_ns
),

-- what stands there is no mean of the last bars any more, long before the next bar would end it
broken_off as (
    select due.due_at as known_at
    from due
    anti join levels.bars_in_a_row on due.due_at = bars_in_a_row.bar_end
    union
    select {{ hours.next_second('gaps.end_ns') }} as known_at
    from levels.gaps
    inner join slots
        on {{ hours.tears('gaps', 'slots.start_ns', 'slots.start_ns + ' ~ time.BAR_NS) }}
    where {{ hours.is_trading('slots.start_ns') }}
)

{% for n in plain %}
select
    'SMA_{{ n }}' as level_id,
    'SMA_{{ n }}' as kind,
    if(bar_no >= {{ n }}, sum_{{ n }} / {{ n }} / 1e9, null) as price,
    bar_end as known_at
from sums
union all
{% endfor %}
select
    'EMA_{{ smoothed }}' as level_id,
    'EMA_{{ smoothed }}' as kind,
    smoothed.price,
    sums.bar_end as known_at
from sums
left join smoothed using (bar_end)
union all
select
    kinds.level_id,
    kinds.level_id as kind,
    null as price,
    broken_off.known_at
from broken_off
cross join (
    values
    {% for n in plain %}
    ('SMA_{{ n }}'),
    {% endfor %}
    ('EMA_{{ smoothed }}')
) as kinds (level_id)
