{#---
doc: >
  Futures that dealers have to trade in each step of the ladder around a level for the strikes whose vol
  is wide beside a step: the mean of their gamma over the step, by the polynomial through gamma at the
  nine prices around it, a step apart, which is right to 1e-11. Sums come out the same to the bit.
grain: [bucket_end, level_id, is_0dte, offset]
as_of: bucket_end
columns:
  is_0dte: BOOLEAN | flag       | of strikes that expire on the session's date, or of the others
  naive:   DOUBLE  | futures/pt | for calls less puts of the open interest
  flow:    DOUBLE  | futures/pt | for what customers sold less what they bought, null where none of it is known
---#}
{% import 'macros/exposure.sql' as exposure %}
{% import 'numerics/normal.sql' as normal %}
{% set offsets = range(-5, 6) | list %}
{#- the outmost step asks for four more -#}
{% set prices = range(-9, 10) | list %}
{% set positions = ['naive', 'flow'] %}
{#- Weights of the integral of that polynomial, from the middle outward; what the position gains of
    delta, dealers sell. -#}
{% set weights = [412080590, 29039624, -3207892, 399032, -27859] %}
{% macro mean(name, at) -%}
-(
    {{ weights[0] }} * {{ name }}_{{ at }}
    {% for away in range(1, 5) %}
    + {{ weights[away] }} * ({{ name }}_{{ at - away }} + {{ name }}_{{ at + away }})
    {% endfor %}
) / 464486400
{%- endmacro %}
with ladders as (
    select
        ladder_prices_5s.*,
        {% for at in prices %}
        ln((price + {{ at }} * step) / front_forward) as log_{{ loop.index0 }}{{ ',' if not loop.last }}
        {% endfor %}
    from options.ladder_prices_5s
    where lowest > 0
),

wide as (
    select
        strikes.bucket_end,
        strikes.days = 0 as is_0dte,
        strikes.d1,
        strikes.per_vol,
        {% for position in positions %}
        strikes.{{ position }} * strikes.per_vol as {{ position }}{{ ',' if not loop.last }}
        {% endfor %}
    from options.held_strikes_5s as strikes
    inner join (select distinct bucket_end, step, lowest from ladders) as ladders using (bucket_end)
    where
        {{ exposure.is_wide('strikes', 'ladders') }}
        and (strikes.naive <> 0 or strikes.flow <> 0)
),

-- densities are below 0.4, wherever price is
anchors as (
    select
        bucket_end,
        is_0dte,
        {% for position in positions %}
        {{ exposure.anchor('0.4 * ' ~ position) }} as {{ position }}_anchor{{ ',' if not loop.last }}
        {% endfor %}
    from wide
    group by bucket_end, is_0dte
),

moved as (
    select
        {% for at in prices %}
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
        {% for _ in prices %}
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
    where least(abs(d1_0), abs(d1_{{ prices | length - 1 }})) < 8 or d1_0 * d1_{{ prices | length - 1 }} < 0
),

summed as (
    select
        {% for _ in prices %}
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
        {% for step in prices %}
        {% set at = loop.index0 %}
        {% for position in positions %}
        summed.{{ position }}_{{ at }} / (ladders.price + {{ step }} * ladders.step)
            as {{ position }}_{{ at }},
        {% endfor %}
        {% endfor %}
        summed.bucket_end,
        summed.level_id,
        summed.is_0dte
    from summed
    inner join ladders using (bucket_end, level_id)
),

{% for offset in offsets %}
{% set at = loop.index0 + 4 %}
{% if loop.first %}
rungs as (
{% endif %}
    select
        bucket_end,
        level_id,
        is_0dte,
        {{ offset }}::tinyint as "offset",
        {{ mean('naive', at) | indent(8) }} as naive,
        {{ mean('flow', at) | indent(8) }} as flow
    from gammas
    {{ ')' if loop.last else 'union all' }}
{% endfor %}

select
    bucket_end,
    level_id,
    is_0dte,
    "offset",
    naive,
    flow
from rungs
