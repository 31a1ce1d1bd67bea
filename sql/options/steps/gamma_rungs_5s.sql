{#---
doc: >
  Futures that dealers have to trade in each step of the ladder around a level for the strikes whose vol
  is wide beside a step: the mean of their gamma over the step, by the polynomial through gamma at the
  twelve edges between steps. Sums come out the same to the bit.
grain: [bucket_end, level_id, is_0dte, offset]
as_of: bucket_end
columns:
  is_0dte: BOOLEAN | flag       | of strikes that expire on the session's date, or of the others
  naive:   DOUBLE  | futures/pt | for calls less puts of the open interest
  flow:    DOUBLE  | futures/pt | for what customers sold less what they bought, null where none of it is known
---#}
{% import 'macros/exposure.sql' as exposure %}
{% import 'numerics/normal.sql' as normal %}
{% import 'numerics/step_means.sql' as step_means %}
{#- Each step has one below it, the last one above it too. -#}
{% set edges = exposure.LADDER + [exposure.LADDER[-1] + 1] %}
{% set last = edges | length - 1 %}
{% set positions = ['naive', 'flow'] %}
{#- at least 3, for one addend must not outgrow its anchor -#}
{% set many = '3 * count(*)' %}
with ladders as (
    select
        {% for at in edges %}
        ln((price + {{ at - 0.5 }} * step) / front_forward) as log_{{ loop.index0 }},
        {% endfor %}
        bucket_end,
        level_id,
        price,
        step,
        lowest
    from options.ladder_prices_5s
    where lowest > 0
),

steps as (
    select distinct
        bucket_end,
        step,
        lowest
    from ladders
),

wide as (
    select
        strikes.bucket_end,
        strikes.days = 0 as is_0dte,
        strikes.d1,
        strikes.per_vol,
        strikes.naive * strikes.per_vol as naive,
        strikes.flow * strikes.per_vol as flow
    from options.held_strikes_5s as strikes
    inner join steps using (bucket_end)
    where
        {{ exposure.is_wide('strikes', 'steps') }}
        and (strikes.naive <> 0 or strikes.flow <> 0)
),

-- densities are below 0.4, wherever price is
anchors as (
    select
        bucket_end,
        is_0dte,
        {{ exposure.anchor('0.4 * naive', many) }} as naive_anchor,
        {{ exposure.anchor('0.4 * flow', many) }} as flow_anchor
    from wide
    group by bucket_end, is_0dte
),

moved as (
    select
        {% for at in edges %}
        wide.d1 + wide.per_vol * ladders.log_{{ loop.index0 }} as d1_{{ loop.index0 }},
        {% endfor %}
        ladders.bucket_end,
        ladders.level_id,
        wide.is_0dte,
        wide.naive,
        wide.flow,
        anchors.naive_anchor,
        anchors.flow_anchor
    from wide
    inner join anchors using (bucket_end, is_0dte)
    inner join ladders using (bucket_end)
),

densities as (
    select
        {% for _ in edges %}
        {{ normal.pdf('d1_' ~ loop.index0) }} as density_{{ loop.index0 }},
        {% endfor %}
        bucket_end,
        level_id,
        is_0dte,
        naive,
        flow,
        naive_anchor,
        flow_anchor
    from moved
    -- beyond eight standard deviations a strike adds less than sums keep
    where least(abs(d1_0), abs(d1_{{ last }})) < 8 or d1_0 * d1_{{ last }} < 0
),

summed as (
    select
        {% for _ in edges %}
        {% set at = loop.index0 %}
        {% for position in positions %}
        {{ exposure.exact(position ~ ' * density_' ~ at, position ~ '_anchor') }}
            as {{ position }}_{{ at }},
        {% endfor %}
        {% endfor %}
        bucket_end,
        level_id,
        is_0dte
    from densities
    group by bucket_end, level_id, is_0dte
),

-- gamma is what delta changes by over the log of price, over price
gammas as (
    select
        {% for edge in edges %}
        {% set at = loop.index0 %}
        {% for position in positions %}
        summed.{{ position }}_{{ at }} / (ladders.price + {{ edge - 0.5 }} * ladders.step)
            as {{ position }}_{{ at }},
        {% endfor %}
        {% endfor %}
        summed.bucket_end,
        summed.level_id,
        summed.is_0dte
    from summed
    inner join ladders using (bucket_end, level_id)
),

-- what the position gains of delta, dealers sell
rungs as (
    {% for offset in exposure.LADDER %}
    select
        bucket_end,
        level_id,
        is_0dte,
        {{ offset }}::tinyint as "offset",
        -{{ step_means.mean('naive', loop.index0) }} as naive,
        -{{ step_means.mean('flow', loop.index0) }} as flow
    from gammas
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)

select
    bucket_end,
    level_id,
    is_0dte,
    "offset",
    naive,
    flow
from rungs
