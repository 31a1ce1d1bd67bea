{#---
doc: >
  Price levels of the session's contract. A row may be used in buckets that start at or after
  known_at and before valid_to; a level that moves has a row for every tick it moves to. Only rows
  that some bucket of the window can use.
grain: [session, level_id, known_at]
as_of: known_at  # but for valid_to, which tells when the next row became known
materialize: table
columns:
  session:       DATE      | date   | New York trading date
  instrument_id: UINTEGER  | id     | venue instrument number
  level_id:      VARCHAR   | text   | such as PM_HIGH, unique in the session at any time
  kind:          VARCHAR   | text   | what sort of level, MANUAL for one of the user's own
  price:         DOUBLE    | points | exact price when it became known
  tick:          INTEGER   | ticks  | price / tick size, to the nearest, half a tick upward
  residual:      DOUBLE    | points | price less that of the tick
  known_at:      TIMESTAMP | UTC    | all of the price was received before this
  valid_to:      TIMESTAMP | UTC    | when another tick took its place, null till the window's end
  is_tracked:    BOOLEAN   | flag   | the settings follow this level
---#}
{% import 'macros/book.sql' as book with context %}
with valued as (
    select
        level_id,
        kind,
        price,
        known_at
    from levels.manual
),

placed as (
    select
        valued.level_id,
        valued.kind,
        valued.price,
        valued.known_at,
        fronts.instrument_id,
        fronts.tick_size,
        floor(valued.price / fronts.tick_size + 0.5)::integer as tick
    from valued
    cross join market.fronts
    where valued.known_at < {{ book.window_edge(window_end_ns) }}
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
)

select
    date '{{ session }}' as session,
    instrument_id,
    level_id,
    kind,
    price,
    tick,
    price - tick * tick_size as residual,
    known_at,
    valid_to,
    kind = 'MANUAL' as is_tracked
from lived
where
    tick is not null
    and (valid_to is null or valid_to > {{ book.window_edge(window_start_ns) }})
order by level_id, known_at
