{#---
doc: >
  How much past frequencies count against the walk (base_part), and how many setups these two together
  are worth against the neighbours (alpha), as earlier sessions would have had it: of a grid what
  left the least surprise there. The first is chosen first, so that what a forecast is held against is the
  best that there is without looking at the flow. Without 5 scored sessions nothing is claimed.
grain: [session, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
columns:
  n_scored: BIGINT | sessions | earlier ones with setups whose outcome is known and that had neighbours
---#}
{% set alphas = [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 1e9] %}
{% set unclaimed = 1e9 %}
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

claimed as (
    select
        scored.wait_s,
        scored.horizon_s,
        alphas.alpha,
        count(distinct scored.session) as n_scored,
        sum(
            round(
                log_loss(
                    (
                        alphas.alpha
                        * (mixed.base_part * scored.base + (1 - mixed.base_part) * scored.walk)
                        + scored.n_eff * scored.p_outcome
                    )
                    / (alphas.alpha + scored.n_eff)
                ) * 2 ** 40
            )::hugeint
        ) as loss
    from analogs.scored
    inner join mixed using (wait_s, horizon_s)
    cross join alphas
    where scored.n_eff > 0
    group by scored.wait_s, scored.horizon_s, alphas.alpha
),

shrunk as (
    select
        wait_s,
        horizon_s,
        any_value(n_scored) as n_scored,
        arg_min(alpha, (loss, -alpha)) as alpha
    from claimed
    group by wait_s, horizon_s
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
    coalesce(shrunk.n_scored, 0) as n_scored,
    coalesce(mixed.base_part, 1) as base_part,
    if(
        coalesce(shrunk.n_scored, 0) < {{ analogs.least_scored }}, {{ unclaimed }}, shrunk.alpha
    )::double as alpha
from cells
left join mixed using (wait_s, horizon_s)
left join shrunk using (wait_s, horizon_s)
order by cells.wait_s, cells.horizon_s
