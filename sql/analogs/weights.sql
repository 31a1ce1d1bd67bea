{#---
doc: >
  How much past frequencies count against the walk (base_part), and how many setups these two together
  are worth against the neighbours (alpha), as earlier sessions would have had it: of a grid what
  left the least surprise there. The first is chosen first, so that what a forecast is held against is the
  best that there is without looking at the flow. Nothing is claimed before 5 scored sessions, nor
  where those would not have gained beyond chance by it (Student's t at 5 %, one-sided).
grain: [session, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
columns:
  n_scored:    BIGINT | sessions | earlier ones with setups whose outcome is known and that had neighbours
  t_statistic: DOUBLE | errors   | mean gain of a session by the best alpha over its standard error
---#}
{% set alphas = [0.5, 1, 2, 4, 8, 16, 32, 64, 128] %}
{#- Student's t at 5 %, one-sided, expanded around the normal's 1.645; 2.12 for 5 sessions. -#}
{% macro beyond_chance(n) -%}
1.645 + 1.524 / ({{ n }} - 1) + 1.42 / ({{ n }} - 1) ** 2
{%- endmacro %}
{% import 'macros/analogs.sql' as analogs with context %}
with parts as (
    select unnest([0, 0.2, 0.4, 0.6, 0.8, 1])::double as base_part
),

alphas as (
    select unnest({{ alphas }})::double as alpha
),

-- losses add up in whole 2^-40 nats, in any order to the same
referred as (
    select
        scored.wait_s,
        scored.horizon_s,
        parts.base_part,
        sum(
            round(
                log_loss(parts.base_part * scored.base + (1 - parts.base_part) * scored.walk)
                * 2 ** 40
            )::hugeint
        ) as loss
    from analogs.scored
    cross join parts
    group by scored.wait_s, scored.horizon_s, parts.base_part
),

-- at a tie what claims less: more of past frequencies, more of the reference
mixed as (
    select
        wait_s,
        horizon_s,
        arg_min(base_part, (loss, -base_part)) as base_part
    from referred
    group by wait_s, horizon_s
),

offered as (
    select
        scored.wait_s,
        scored.horizon_s,
        scored.session,
        scored.n_eff,
        scored.p_outcome,
        mixed.base_part * scored.base + (1 - mixed.base_part) * scored.walk as reference
    from analogs.scored
    inner join mixed using (wait_s, horizon_s)
    where scored.n_eff > 0
),

gained as (
    select
        offered.wait_s,
        offered.horizon_s,
        offered.session,
        alphas.alpha,
        sum(
            round(log_loss(offered.reference) * 2 ** 40)::hugeint
            - round(
                log_loss(
                    (alphas.alpha * offered.reference + offered.n_eff * offered.p_outcome)
                    / (alphas.alpha + offered.n_eff)
                ) * 2 ** 40
            )::hugeint
        )::hugeint as gain
    from offered
    cross join alphas
    group by offered.wait_s, offered.horizon_s, offered.session, alphas.alpha
),

judged as (
    select
        wait_s,
        horizon_s,
        alpha,
        count(*)::hugeint as n,
        sum(gain)::hugeint as gain,
        sum(gain * gain)::hugeint as squares
    from gained
    group by wait_s, horizon_s, alpha
),

best as (
    select
        wait_s,
        horizon_s,
        n::bigint as n_scored,
        alpha,
        gain / sqrt(nullif(n * squares - gain * gain, 0) / nullif(n - 1, 0)) as t_statistic
    from judged
    qualify row_number() over (partition by wait_s, horizon_s order by gain desc, alpha desc) = 1
),

waits as (
    select unnest({{ setup_waits }})::integer as wait_s
),

cells as (
    select
        wait_s,
        unnest({{ setup_horizons }})::integer as horizon_s
    from waits
)

select
    date '{{ session }}' as session,
    cells.wait_s,
    cells.horizon_s,
    coalesce(best.n_scored, 0) as n_scored,
    coalesce(mixed.base_part, 1) as base_part,
    best.t_statistic,
    if(
        best.n_scored >= {{ analogs.least_scored }}
        and best.t_statistic > {{ beyond_chance('best.n_scored') }},
        best.alpha,
        {{ analogs.unclaimed }}
    )::double as alpha
from cells
left join mixed using (wait_s, horizon_s)
left join best using (wait_s, horizon_s)
order by cells.wait_s, cells.horizon_s
