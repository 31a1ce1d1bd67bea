{#---
doc: >
  How far odds may be trusted, as if they were shares that had been seen so many times (n_looks).
  Odds that today's weights would have given to earlier setups are held against what came of setups
  given like odds, the straight line of outcomes over odds; n_looks is such that 80 % intervals of
  so many looks would have held that line at four odds of five. Odds are taken at their word, a slope
  of 1, but for as much as the slope is farther from that than its own error (James and Stein 1961).
  Of earlier setups only those with half as many sessions behind them as there are now count here,
  for odds get better. Never more than there are earlier setups; 1 before 5 sessions.
grain: [session, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
lookback: {analogs.candidates: all}
columns:
  n_judged: BIGINT | odds  | earlier odds, three a setup, that had half of today's sessions behind them
  n_looks:  DOUBLE | looks | at a share that was seen so often, an 80 % interval is as wide as odds were off
---#}
{% import 'macros/analogs.sql' as analogs with context %}
{% set least_odds = 0.01 %}
{% set z = 1.2815515655446004 %}
with given as (
    {% for outcome in ['break', 'reject', 'chop'] %}
    select
        candidates.wait_s,
        candidates.horizon_s,
        candidates.n_sessions,
        '{{ outcome }}' as outcome,
        (history.outcome = '{{ outcome }}')::integer as came,
        {{ analogs.odds(outcome) }} as odds
    from analogs.candidates
    inner join analogs.history using (session, cluster_id, touched_at, wait_s, horizon_s)
    inner join analogs.weights using (wait_s, horizon_s)
    where candidates.n_sessions > 0
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

-- sums of whole 2^-30 are the same in any order
whole as (
    select
        *,
        round(odds * 2 ** 30)::hugeint as x
    from given
),

sums as (
    select
        wait_s,
        horizon_s,
        outcome,
        count(*)::hugeint as n,
        sum(x)::hugeint as x,
        sum(came)::hugeint as came,
        sum(x * x)::hugeint as xx,
        sum(x * came)::hugeint as x_came
    from whole
    group by wait_s, horizon_s, outcome
),

-- n squared times variances and covariance of odds, in 2^-30, and of what came
moments as (
    select
        wait_s,
        horizon_s,
        outcome,
        n,
        x / n / 2 ** 30 as mean_odds,
        came / n as share,
        (n * xx - x * x)::double as odds_odds,
        (n * x_came - x * came)::double as odds_came,
        (n * came - came * came)::double as came_came
    from sums
),

slopes as (
    select
        *,
        odds_came * 2 ** 30 / nullif(odds_odds, 0) as slope,
        (came_came - odds_came * odds_came / nullif(odds_odds, 0))
        / nullif(n - 2, 0) * 2 ** 60 / nullif(odds_odds, 0) as squared_error
    from moments
),

-- with the odds all alike, or no more than two, no slope is known, and they are taken at their word
lines as (
    select
        wait_s,
        horizon_s,
        outcome,
        mean_odds,
        share,
        coalesce(
            1 + (slope - 1) * greatest(0, 1 - squared_error / nullif((slope - 1) ** 2, 0)),
            1
        ) as slope
    from slopes
),

behind as (
    select
        wait_s,
        horizon_s,
        count(*) as n_past,
        count(distinct session) as n_sessions
    from analogs.history
    group by wait_s, horizon_s
),

held as (
    select
        given.wait_s,
        given.horizon_s,
        behind.n_past,
        behind.n_sessions,
        given.odds,
        greatest(
            {{ least_odds }},
            least(
                1 - {{ least_odds }},
                lines.share + lines.slope * (given.odds - lines.mean_odds)
            )
        ) as share
    from given
    inner join lines using (wait_s, horizon_s, outcome)
    inner join behind using (wait_s, horizon_s)
    where 2 * given.n_sessions >= behind.n_sessions
),

-- a share that was seen n times is off by the root of share x (1 - share) / n
judged as (
    select
        wait_s,
        horizon_s,
        any_value(n_past) as n_past,
        any_value(n_sessions) as n_sessions,
        count(*) as n_judged,
        quantile_disc((odds - share) ** 2 / (share * (1 - share)), 0.8) as off_squared
    from held
    group by wait_s, horizon_s
)

select
    weights.session,
    weights.wait_s,
    weights.horizon_s,
    coalesce(judged.n_judged, 0) as n_judged,
    if(
        coalesce(judged.n_sessions, 0) < {{ analogs.least_scored }},
        1,
        greatest(1, least(judged.n_past, {{ z }} * {{ z }} / nullif(judged.off_squared, 0)))
    )::double as n_looks
from analogs.weights
left join judged using (wait_s, horizon_s)
order by weights.wait_s, weights.horizon_s
