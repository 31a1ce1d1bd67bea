{#---
doc: >
  What each kind of forecast was worth in each earlier session, added up over the setups of which
  the outcome is known: of the forecast, of its reference, of past frequencies (base) and of the
  walk (null).
grain: [session, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
lookback: {analogs.forecasts: all}
columns:
  session:          DATE   | date   | the earlier session
  n_setups:         BIGINT | setups | scored
  loss_forecast:    DOUBLE | nats   | sum of log losses
  loss_reference:   DOUBLE | nats   | the same of the reference
  loss_base:        DOUBLE | nats   | the same of past frequencies
  loss_null:        DOUBLE | nats   | the same of the walk
  brier_forecast:   DOUBLE | error  | sum of squared errors of the three odds
  brier_reference:  DOUBLE | error  | the same of the reference
  brier_base:       DOUBLE | error  | the same of past frequencies
  brier_null:       DOUBLE | error  | the same of the walk
  ranked_forecast:  DOUBLE | error  | sum of ranked probability scores
  ranked_reference: DOUBLE | error  | the same of the reference
  ranked_base:      DOUBLE | error  | the same of past frequencies
  ranked_null:      DOUBLE | error  | the same of the walk
---#}
{% set prefixes = {'forecast': 'p', 'reference': 'reference', 'base': 'base', 'null': 'null'} %}
with scores as (
    select
        {% for kind, prefix in prefixes.items() %}
        log_loss(
            case history.outcome
                when 'break' then forecasts.{{ prefix }}_break
                when 'reject' then forecasts.{{ prefix }}_reject
                else forecasts.{{ prefix }}_chop
            end
        ) as loss_{{ kind }},
        brier(
            forecasts.{{ prefix }}_break,
            forecasts.{{ prefix }}_reject,
            forecasts.{{ prefix }}_chop,
            history.outcome
        ) as brier_{{ kind }},
        ranked_score(
            forecasts.{{ prefix }}_break,
            forecasts.{{ prefix }}_reject,
            history.outcome
        ) as ranked_{{ kind }},
        {% endfor %}
        session,
        wait_s,
        horizon_s
    from analogs.forecasts
    inner join analogs.history using (session, cluster_id, touched_at, wait_s, horizon_s)
)

-- scores add up in whole 2^-40, in any order to the same
select
    session,
    wait_s,
    horizon_s,
    {% for kind in prefixes %}
    {% for score in ['loss', 'brier', 'ranked'] %}
    sum(round({{ score }}_{{ kind }} * 2 ** 40)::bigint)::double / 2 ** 40
        as {{ score }}_{{ kind }},
    {% endfor %}
    {% endfor %}
    count(*) as n_setups
from scores
group by session, wait_s, horizon_s
