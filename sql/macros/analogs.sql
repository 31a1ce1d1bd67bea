{#- Rules of the search for similar setups and of the forecasts made of them. -#}

{#- Scored sessions before which nothing is claimed, nor known of how much setups differ. -#}
{%- set least_scored = 5 -%}

{#- Odds of an outcome: the neighbours' share drawn toward the reference, which mixes past frequencies
    and the walk, as weights say. -#}
{% macro odds(outcome) -%}
(
            weights.alpha * {{ reference(outcome) }}
            + candidates.n_eff * coalesce(candidates.p_{{ outcome }}, 0)
        ) / (weights.alpha + candidates.n_eff)
{%- endmacro %}

{#- Odds without the neighbours. -#}
{% macro reference(outcome) -%}
(
                weights.base_part * candidates.base_{{ outcome }}
                + (1 - weights.base_part) * candidates.null_{{ outcome }}
            )
{%- endmacro %}

{#- Today's norms as lists in the order of a vector, a row for each wait. -#}
{% macro units() -%}
units as (
    select
        wait_s,
        list(centre order by dim) as centres,
        list(scale order by dim) as scales
    from analogs.norms
    group by wait_s
)
{%- endmacro %}

{#- A vector in one unit: each number less the median of earlier sessions over their spread, cut off
    at 5, times the root of its part in the distance, so that the plain distance of two of them is
    the weighted one. What is not there is as usual, 0. Least and greatest pass nulls over, so these
    are told apart first. -#}
{% macro scaled() -%}
list_transform(
        list_zip(vectors.v, units.centres, units.scales, {{ _roots() }}),
        lambda one: if(
            one[1] is null or one[3] is null,
            0,
            greatest(-5, least(5, (one[1]::double - one[2]) / one[3]))
        ) * one[4]
    )::double[{{ 4 * registry.setup | length }}]
{%- endmacro %}

{#- Root of each number's part in the distance: its block's weight over the block's size. -#}
{% macro _roots() -%}
{%- set blocks = registry.setup | map(attribute='block') | list -%}
[
    {%- for segment in range(4) %}
    {%- set outer = loop %}
    {%- for block in blocks %}
    {%- set size = 4 * blocks | select('eq', block) | list | length %}
                {{ '%.17e' | format((analog_blocks[block] / size) ** 0.5) }}
    {{- ',' if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- endfor %}
            ]
{%- endmacro %}
