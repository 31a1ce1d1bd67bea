{#---
doc: >
  How a setup may end: the shares of its neighbours, drawn toward what one would say without
  looking at the flow, as far as earlier sessions showed that to be right. Each share has its 80 %
  interval: of setups given such odds, the share that ends so lies in it four times of five, as far
  as earlier odds were off (analogs.looks). That is no claim about one setup, of which flow may not
  have told yet what it is. Where why is not null the numbers say nothing that should be read.
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
  n_looks:          DOUBLE  | looks | at a share that was seen so often, an 80 % interval is as wide as odds were off
  coverage:         DOUBLE  | 0..1 | share of earlier setups whose neighbours were at least as near; null without any
  why:              VARCHAR | text | too_few_sessions or no_close_analogs, null where the numbers may be read
---#}
{% set outcomes = ['break', 'reject', 'chop'] %}
{% import 'macros/analogs.sql' as analogs with context %}
{% set far = 0.9 %}
with shrunk as (
    select
        candidates.* exclude (p_break, p_reject, p_chop),
        weights.base_part,
        weights.alpha,
        {% for outcome in outcomes %}
        {{ analogs.odds(outcome) }} as p_{{ outcome }},
        {{ analogs.reference(outcome) }} as reference_{{ outcome }},
        {% endfor %}
        looks.n_looks
    from analogs.candidates
    inner join analogs.weights using (session, wait_s, horizon_s)
    inner join analogs.looks using (session, wait_s, horizon_s)
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
    shrunk.session,
    shrunk.cluster_id,
    shrunk.touched_at,
    shrunk.wait_s,
    shrunk.horizon_s,
    shrunk.barrier_ticks,
    shrunk.p_break,
    shrunk.p_reject,
    shrunk.p_chop,
    {% for outcome in outcomes %}
    share_low(shrunk.p_{{ outcome }}, shrunk.n_looks) as {{ outcome }}_low,
    share_high(shrunk.p_{{ outcome }}, shrunk.n_looks) as {{ outcome }}_high,
    {% endfor %}
    {% for kind in ['reference', 'base', 'null'] %}
    {% for outcome in outcomes %}
    shrunk.{{ kind }}_{{ outcome }},
    {% endfor %}
    {% endfor %}
    shrunk.n_eff,
    shrunk.n_sessions,
    shrunk.base_part,
    shrunk.alpha,
    shrunk.n_looks,
    covered.coverage,
    case
        when shrunk.n_sessions < {{ analog_min_sessions }} then 'too_few_sessions'
        when covered.coverage > {{ far }} then 'no_close_analogs'
    end as why
from shrunk
left join covered using (cluster_id, touched_at, wait_s, horizon_s)
order by shrunk.touched_at, shrunk.cluster_id, shrunk.wait_s, shrunk.horizon_s
