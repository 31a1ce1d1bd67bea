{#---
doc: >
  Price levels of the session's contract. A row may be used in buckets that start at or after
  known_at and before valid_to; a level that moves has a row for every tick it moves to. Only rows
  that some bucket of the window can use.
grain: [session, level_id, known_at]
as_of: known_at  # but for valid_to, which tells when the next row became known
columns:
  level_id: VARCHAR   | text   | such as PM_HIGH, unique in the session at any time
  price:    DOUBLE    | points | exact price when it became known
  tick:     INTEGER   | ticks  | price / tick size, to the nearest, half a tick upward
  residual: DOUBLE    | points | price less that of the tick
  known_at: TIMESTAMP | UTC    | all of the price was received before this
  valid_to: TIMESTAMP | UTC    | when another tick took its place, null till the window's end
---#}
{% import 'macros/time.sql' as time with context %}
with valued as (
    {% for source in ('ranges', 'vwap', 'averages', 'previous_day', 'chain', 'rounds', 'manual') %}
    select
        level_id,
        kind,
        price,
        known_at
    from levels.{{ source }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

placed as (
    select
        valued.level_id,
        valued.kind,
        valued.price,
        valued.known_at,
        fronts.instrument_id,
        fronts.tick_e9,
        -- half a tick upward, on either side of 0
        floor(valued.price * 1e9 / fronts.tick_e9 + 0.5)::integer as tick
    from valued
    cross join market.fronts
    where valued.known_at < {{ time.at(window_end_ns) }}
),

moves as (
    select *
    from placed
    qualify tick is distinct from lag(tick) over (partition by level_id order by known_at)
),

lived as (
    select
        *,
        lead(known_at) over (partition by level_id order by known_at) as valid_to
    from moves
),

usable as (
    select *
    from lived
    where
        tick is not null
        and (valid_to is null or valid_to > {{ time.at(window_start_ns) }})
),

rivals as (
    select
        usable.level_id,
        tracked_kinds.entry,
        tracked_kinds.position,
        abs(usable.price - start.price) as distance
    from usable
    inner join levels.tracked_kinds using (kind)
    cross join levels.start
    where
        tracked_kinds.is_choice
        and usable.known_at <= {{ time.at(window_start_ns) }}
),

tracked as (
    select usable.level_id
    from usable
    inner join levels.tracked_kinds using (kind)
    where not tracked_kinds.is_choice
    union
    -- of two as near the one that the settings name first
    select arg_min(level_id, (distance, position)) as level_id from rivals
    group by entry
    union
    select level_id from usable
    where kind = 'MANUAL'
)

select
    date '{{ session }}' as session,
    instrument_id,
    level_id,
    kind,
    price,
    tick,
    price - tick * tick_e9 / 1e9 as residual,
    known_at,
    valid_to,
    level_id in (select tracked.level_id from tracked) as is_tracked
from usable
order by level_id, known_at
