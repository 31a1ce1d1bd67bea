{#---
doc: >
  How a setup may end: the shares of its neighbours, drawn toward what one would say without
  looking at the flow, as far as earlier sessions showed that to be right. Each share has its 80 %
  interval, that of the odds themselves, as if they had been seen so many times: alpha, by which
  setups differ around the reference, but no more than there are sessions, for those of one day are
  one experience; and an eighth of n_eff, for a neighbour looks alike and need not be. Where why is
  not null the numbers say nothing that should be read.
grain: [session, cluster_id, touched_at, wait_s, horizon_s]
as_of: decided_at
columns:
  barrier_ticks:    INTEGER | ticks | from the price at the decision to each barrier
  p_break:          DOUBLE  | 0..1 | odds of a break
  p_reject:         DOUBLE  | 0..1 | odds of a reject
  p_chop:           DOUBLE  | 0..1 | odds of a chop
  n_eff:            DOUBLE  | setups | as many neighbours of equal weight would say as much; never more than their sessions
  break_low:        DOUBLE  | 0..1 | 80 % interval of p_break, from
  break_high:       DOUBLE  | 0..1 | to
  reject_low:       DOUBLE  | 0..1 | of p_reject, from
  reject_high:      DOUBLE  | 0..1 | to
  chop_low:         DOUBLE  | 0..1 | of p_chop, from
  chop_high:        DOUBLE  | 0..1 | to
  reference_break:  DOUBLE  | 0..1 | odds of a break without the neighbours, base_part of base and the rest of null
  reference_reject: DOUBLE  | 0..1 | odds of a reject
  reference_chop:   DOUBLE  | 0..1 | odds of a chop
  coverage:         DOUBLE  | 0..1 | share of earlier setups whose neighbours were at least as near; null without any
  why:              VARCHAR | text | too_few_sessions or no_close_analogs, null where the numbers may be read
---#}
{% set outcomes = ['break', 'reject', 'chop'] %}
{% import 'macros/analogs.sql' as analogs with context %}
{% set far = 0.9 %}
{% set part_alike = 0.125 %}
{% set unknown = 1 %}
with referred as (
    select
        candidates.*,
        weights.base_part,
        weights.alpha,
        {% for outcome in outcomes %}
        weights.base_part * candidates.base_{{ outcome }}
        + (1 - weights.base_part) * candidates.null_{{ outcome }} as reference_{{ outcome }},
        {% endfor %}
        {{ part_alike }} * candidates.n_eff + if(
            weights.n_scored < {{ analogs.least_scored }},
            {{ unknown }},
            least(weights.alpha, candidates.n_sessions)
        ) as n_behind
    from analogs.candidates
    inner join analogs.weights using (session, wait_s, horizon_s)
),

shrunk as (
    select
        {% for outcome in outcomes %}
        (alpha * reference_{{ outcome }} + n_eff * coalesce(p_{{ outcome }}, 0))
        / (alpha + n_eff) as p_{{ outcome }},
        {% endfor %}
        * exclude (p_break, p_reject, p_chop)
    from referred
),

ranged as (
    select
        {% for outcome in outcomes %}
        odds_middle(p_{{ outcome }}, n_behind) as {{ outcome }}_middle,
        odds_spread(p_{{ outcome }}, n_behind) as {{ outcome }}_spread,
        {% endfor %}
        *
    from shrunk
),

covered as (
    select
        shrunk.cluster_id,
        shrunk.touched_at,
        shrunk.wait_s,
        shrunk.horizon_s,
        count(*) filter (where scored.mean_distance <= shrunk.mean_distance) / count(*) as coverage
    from shrunk
    inner join analogs.scored using (wait_s, horizon_s)
    where scored.mean_distance is not null and shrunk.mean_distance is not null
    group by shrunk.cluster_id, shrunk.touched_at, shrunk.wait_s, shrunk.horizon_s
)

select
    ranged.session,
    ranged.cluster_id,
    ranged.touched_at,
    ranged.wait_s,
    ranged.horizon_s,
    ranged.barrier_ticks,
    ranged.p_break,
    ranged.p_reject,
    ranged.p_chop,
    {% for outcome in outcomes %}
    odds_low(ranged.{{ outcome }}_middle, ranged.{{ outcome }}_spread) as {{ outcome }}_low,
    odds_high(ranged.{{ outcome }}_middle, ranged.{{ outcome }}_spread) as {{ outcome }}_high,
    {% endfor %}
    {% for kind in ['reference', 'base', 'null'] %}
    {% for outcome in outcomes %}
    ranged.{{ kind }}_{{ outcome }},
    {% endfor %}
    {% endfor %}
    ranged.n_eff,
    ranged.n_sessions,
    ranged.base_part,
    ranged.alpha,
    covered.coverage,
    case
        when ranged.n_sessions < {{ analog_min_sessions }} then 'too_few_sessions'
        when covered.coverage > {{ far }} then 'no_close_analogs'
    end as why
from ranged
left join covered using (cluster_id, touched_at, wait_s, horizon_s)
order by ranged.touched_at, ranged.cluster_id, ranged.wait_s, ranged.horizon_s
