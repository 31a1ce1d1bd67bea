{#---
doc: >
  What there is to forecast a setup with, none of it chosen yet: how its neighbours ended, weighted
  by how near they are (p_break and so on), how all earlier setups ended (base), and what a walk of
  this volatility would do (null). The walk is as wide over the horizon as earlier sessions were.
grain: [session, cluster_id, touched_at, wait_s, horizon_s]
as_of: decided_at
searched: true  # through all sessions at once
lookback: {setups.walks: all}
columns:
  barrier_ticks: INTEGER | ticks | from the price at the decision to each barrier
  n_known:  BIGINT | setups | neighbours of which the outcome is known
  n_eff:    DOUBLE | setups | as many of equal weight would say as much; never more than their sessions
  p_break:  DOUBLE | 0..1   | share of breaks among neighbours; null where none is known
  p_reject: DOUBLE | 0..1   | share of rejects
  p_chop:   DOUBLE | 0..1   | share of chops
  n_past:   BIGINT | setups | earlier setups of which the outcome is known
---#}
{% import 'macros/analogs.sql' as analogs with context %}
{% import 'macros/setups.sql' as setups with context %}
{% set grain = 'session, cluster_id, touched_at, wait_s' %}
{% set least_weight = 0.001 %}
{% set least_sessions = 5 %}
with horizons as (
    select unnest({{ setup_horizons }})::integer as horizon_s
),

-- over a longer move a market goes less far, or farther, than its steps add up to
widths as (
    select
        walks.horizon_s,
        if(
            count(*) < {{ least_sessions }},
            1,
            sqrt(
                (sum(walks.move_squares) * sum(walks.n_steps))::double
                / (
                    sum(walks.n_moves) * sum(walks.step_squares)
                    * {{ setups.steps('walks.horizon_s') }}
                )
            )
        ) as width
    from setups.walks
    semi join analogs.past_sessions using (session)
    group by walks.horizon_s
),

bounded as (
    select
        decisions.session,
        decisions.cluster_id,
        decisions.touched_at,
        decisions.wait_s,
        horizons.horizon_s,
        {{ setups.barrier_ticks('decisions.sigma_ticks', 'horizons.horizon_s') }} as barrier_ticks,
        {{ setups.steps('horizons.horizon_s') }} as n_steps,
        coalesce(widths.width, 1) * decisions.sigma_ticks as step_ticks
    from setups.decisions
    cross join horizons
    left join widths using (horizon_s)
),

walked as (
    select
        *,
        walk_odds(barrier_ticks, step_ticks, n_steps) as null_odds
    from bounded
),

weighted as (
    select
        {{ grain }},
        rank,
        neighbour_session,
        neighbour_cluster_id,
        neighbour_touched_at,
        distance,
        max(distance) over (partition by {{ grain }}) as farthest,
        if(farthest > 0, greatest(1 - (distance / farthest) ** 2, {{ least_weight }}), 1) as weight
    from analogs.neighbours
    where rank <= {{ analog_k }}
),

near as (
    select
        {{ grain }},
        list_avg(list(distance order by rank)) as mean_distance
    from analogs.neighbours
    where rank <= {{ analogs.nearest }}
    group by {{ grain }}
),

-- lists in order add up to the same bits whatever the threads
voted as (
    select
        {% for outcome in ['break', 'reject', 'chop'] %}
        coalesce(
            list_sum(
                list(weighted.weight order by weighted.rank) filter (
                    where history.outcome = '{{ outcome }}'
                )
            ),
            0
        ) as weight_{{ outcome }},
        {% endfor %}
        weighted.session,
        weighted.cluster_id,
        weighted.touched_at,
        weighted.wait_s,
        history.horizon_s,
        count(*) as n_known,
        count(distinct history.session) as n_voting_sessions,
        list_sum(list(weighted.weight order by weighted.rank)) as weight,
        list_sum(list(weighted.weight * weighted.weight order by weighted.rank)) as weight_squares
    from weighted
    inner join analogs.history
        on
            weighted.neighbour_session = history.session
            and weighted.neighbour_cluster_id = history.cluster_id
            and weighted.neighbour_touched_at = history.touched_at
            and weighted.wait_s = history.wait_s
    group by
        weighted.session, weighted.cluster_id, weighted.touched_at, weighted.wait_s,
        history.horizon_s
),

base as (
    select
        {% for outcome in ['break', 'reject', 'chop'] %}
        count(*) filter (where outcome = '{{ outcome }}') as n_{{ outcome }},
        {% endfor %}
        wait_s,
        horizon_s,
        count(*) as n_past,
        count(distinct session) as n_sessions
    from analogs.history
    group by wait_s, horizon_s
)

select
    walked.session,
    walked.cluster_id,
    walked.touched_at,
    walked.wait_s,
    walked.horizon_s,
    walked.barrier_ticks,
    coalesce(voted.n_known, 0) as n_known,
    coalesce(
        least(voted.weight * voted.weight / voted.weight_squares, voted.n_voting_sessions),
        0
    )::double as n_eff,
    voted.weight_break / voted.weight as p_break,
    voted.weight_reject / voted.weight as p_reject,
    voted.weight_chop / voted.weight as p_chop,
    coalesce(base.n_past, 0) as n_past,
    coalesce(base.n_sessions, 0) as n_sessions,
    {% for outcome in ['break', 'reject', 'chop'] %}
    (coalesce(base.n_{{ outcome }}, 0) + 1) / (coalesce(base.n_past, 0) + 3)
        as base_{{ outcome }},
    {% endfor %}
    walked.null_odds as null_break,
    walked.null_odds as null_reject,
    1 - 2 * walked.null_odds as null_chop,
    near.mean_distance
from walked
left join near using ({{ grain }})
left join voted using ({{ grain }}, horizon_s)
left join base using (wait_s, horizon_s)
order by walked.touched_at, walked.cluster_id, walked.wait_s, walked.horizon_s
