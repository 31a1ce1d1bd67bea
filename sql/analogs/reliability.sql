{#---
doc: >
  What forecasts were worth in all earlier sessions, as known when this one starts: nats of surprise
  saved, Brier and ranked score, beside past frequencies, the walk and the best mixture of both (the
  reference). A CUSUM rises where less of what flow said about direction came true in a session
  (analogs.leans) than was usual before it, by more than one spread, and flags from 2.25 spreads on:
  the market no longer does what the past says. Were sessions independent and nothing changed, that
  would be so by chance once in 460 sessions. Only sessions in which anything was claimed count for
  it, and the first 5 of them only tell what is usual.
grain: [session, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
columns:
  n_setups:         BIGINT  | setups   | scored
  n_sessions:       BIGINT  | sessions | these are of
  gain:             DOUBLE  | nats     | log loss of the reference less that of the forecast, mean over setups
  gain_base:        DOUBLE  | nats     | the same against past frequencies
  gain_null:        DOUBLE  | nats     | the same against the walk
  brier:            DOUBLE  | 0..2     | mean squared error of the three odds
  brier_reference:  DOUBLE  | 0..2     | of the reference
  brier_base:       DOUBLE  | 0..2     | of past frequencies
  brier_null:       DOUBLE  | 0..2     | of the walk
  ranked:           DOUBLE  | 0..1     | mean ranked probability score of reject, chop, break
  ranked_reference: DOUBLE  | 0..1     | of the reference
  ranked_base:      DOUBLE  | 0..1     | of past frequencies
  ranked_null:      DOUBLE  | 0..1     | of the walk
  last_session:     DATE    | date     | latest that is scored
  last_gain:        DOUBLE  | nats     | its gain
  cusum:            DOUBLE  | spreads  | by how much less than usual has come true after it, null before the sixth that claims
  is_flagged:       BOOLEAN | boolean  | whether that is 2.25 or more
---#}
{% set warm_up = 5 %}
{% set slack = 1 %}
{% set limit = 2.25 %}
{#- By how much less came true than usual, in the spreads that chance alone would give. -#}
{% macro missed(one) -%}
(coalesce(share, 0) * {{ one }}.said - {{ one }}.came) / sqrt(nullif({{ one }}.variance, 0))
{%- endmacro %}
with sessions as (
    select
        *,
        (loss_reference - loss_forecast) / n_setups as gain
    from analogs.session_scores
),

-- the share of leans that came true in all sessions before
usual as (
    select
        *,
        list(struct_pack(came, said, variance)) over before as earlier,
        list_sum(list(came) over before) / nullif(list_sum(list(said) over before), 0) as share
    from analogs.leans
    window before as (
        partition by wait_s, horizon_s
        order by session
        rows between unbounded preceding and 1 preceding
    )
),

missed as (
    select
        *,
        {{ missed('usual') }} as miss,
        list_transform(usual.earlier, lambda one: {{ missed('one') }}) as earlier_misses
    from usual
    where len(usual.earlier) >= {{ warm_up }}
),

-- setups of one session are not quite independent, so that misses may spread by more than one
fallen as (
    select
        session,
        wait_s,
        horizon_s,
        coalesce(miss, 0) / greatest(coalesce(list_stddev_samp(earlier_misses), 1), 1)
        - {{ slack }} as fall
    from missed
),

summed as (
    select
        *,
        list_sum(list(fall) over so_far) as falls
    from fallen
    window so_far as (
        partition by wait_s, horizon_s
        order by session
        rows between unbounded preceding and current row
    )
),

run as (
    select
        session,
        wait_s,
        horizon_s,
        falls - least(min(falls) over so_far, 0) as cusum
    from summed
    window so_far as (
        partition by wait_s, horizon_s
        order by session
        rows between unbounded preceding and current row
    )
),

latest as (
    select
        wait_s,
        horizon_s,
        arg_max(cusum, session) as cusum
    from run
    group by wait_s, horizon_s
),

totals as (
    select
        wait_s,
        horizon_s,
        sum(n_setups)::bigint as n_setups,
        count(*) as n_sessions,
        {% for kind in ['forecast', 'reference', 'base', 'null'] %}
        {% for score in ['loss', 'brier', 'ranked'] %}
        list_sum(list({{ score }}_{{ kind }} order by session))
        / sum(n_setups) as {{ score }}_{{ kind }},
        {% endfor %}
        {% endfor %}
        max(session) as last_session,
        arg_max(gain, session) as last_gain
    from sessions
    group by wait_s, horizon_s
)

select
    date '{{ session }}' as session,
    totals.wait_s,
    totals.horizon_s,
    totals.n_setups,
    totals.n_sessions,
    totals.loss_reference - totals.loss_forecast as gain,
    totals.loss_base - totals.loss_forecast as gain_base,
    totals.loss_null - totals.loss_forecast as gain_null,
    {% for score in ['brier', 'ranked'] %}
    totals.{{ score }}_forecast as {{ score }},
    {% for kind in ['reference', 'base', 'null'] %}
    totals.{{ score }}_{{ kind }},
    {% endfor %}
    {% endfor %}
    totals.last_session,
    totals.last_gain,
    latest.cusum,
    coalesce(latest.cusum >= {{ limit }}, false) as is_flagged
from totals
left join latest using (wait_s, horizon_s)
order by totals.wait_s, totals.horizon_s
