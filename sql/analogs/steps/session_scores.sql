{#---
doc: >
  What each kind of forecast was worth in each earlier session, added up over the setups of which
  the outcome is known.
grain: [session, wait_s, horizon_s, kind]
as_of: session  # made of earlier sessions alone
lookback: {analogs.forecasts: all}
columns:
  session:    DATE    | date    | the earlier session
  n_setups:   BIGINT  | setups  | scored
  loss:       DOUBLE  | nats    | sum of log losses
  brier:      DOUBLE  | error   | sum of squared errors of the three odds
  ranked:     DOUBLE  | error   | sum of ranked probability scores
---#}
{% set prefixes = {'forecast': 'p', 'reference': 'reference', 'base': 'base', 'null': 'null'} %}
with known as (
    {% for kind, prefix in prefixes.items() %}
    select
        session,
        cluster_id,
        touched_at,
        wait_s,
        horizon_s,
        '{{ kind }}' as kind,
        {{ prefix }}_break as broke,
        {{ prefix }}_reject as rejected,
        {{ prefix }}_chop as chopped
    from analogs.forecasts
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

scores as (
    select
        known.*,
        log_loss(
            case history.outcome
                when 'break' then known.broke
                when 'reject' then known.rejected
                else known.chopped
            end
        ) as loss,
        brier(known.broke, known.rejected, known.chopped, history.outcome) as brier,
        ranked_score(known.broke, known.rejected, history.outcome) as ranked
    from known
    inner join analogs.history using (session, cluster_id, touched_at, wait_s, horizon_s)
)

-- lists in order add up to the same bits whatever the threads
select
    session,
    wait_s,
    horizon_s,
    kind,
    count(*) as n_setups,
    list_sum(list(loss order by touched_at, cluster_id)) as loss,
    list_sum(list(brier order by touched_at, cluster_id)) as brier,
    list_sum(list(ranked order by touched_at, cluster_id)) as ranked
from scores
group by session, wait_s, horizon_s, kind
