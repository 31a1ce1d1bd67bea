{#- Rules of the search for similar setups and of the forecasts made of them. -#}

{#- Scored sessions before which nothing is claimed, nor known of how much setups differ. -#}
{%- set least_scored = 5 -%}

{#- Neighbours that say how near the past comes, however many are looked for: a setup of which fewer
    are is held against earlier ones all the same. -#}
{%- set nearest = 10 -%}

{#- Worth of the reference, in setups, that says: nothing is claimed. -#}
{%- set unclaimed = 1e9 -%}

{#- Odds of an outcome: the neighbours' share drawn toward the reference, which mixes past frequencies
    and the walk, as weights say. Where nothing is claimed it is the reference to the last bit. -#}
{% macro odds(outcome) -%}
if(
            weights.alpha >= {{ unclaimed }},
            {{ reference(outcome) }},
            (
                weights.alpha * {{ reference(outcome) }}
                + candidates.n_eff * coalesce(candidates.p_{{ outcome }}, 0)
            ) / (weights.alpha + candidates.n_eff)
        )
{%- endmacro %}

{#- Odds without the neighbours. -#}
{% macro reference(outcome) -%}
(
                weights.base_part * candidates.base_{{ outcome }}
                + (1 - weights.base_part) * candidates.null_{{ outcome }}
            )
{%- endmacro %}

{#- Numbers of a vector. -#}
{%- set numbers = 4 * registry.setup | length -%}

{#- Today's norms, and what each number counts in a distance, as lists in the order of a vector, a row
    for each wait. -#}
{% macro units() -%}
units as (
    select
        norms.wait_s,
        list(norms.centre order by norms.dim) as centres,
        list(norms.scale order by norms.dim) as scales,
        list(sqrt(relevance.weight) order by norms.dim) as roots
    from analogs.norms
    inner join analogs.relevance using (wait_s, dim)
    group by norms.wait_s
)
{%- endmacro %}

{#- A vector in one unit, times the root of what each number counts, so that the plain distance of two
    of them is the weighted one. -#}
{% macro scaled() -%}
list_transform(
        list_zip(vectors.v, units.centres, units.scales, units.roots),
        lambda one: {{ in_spreads('one[1]', 'one[2]', 'one[3]') }} * one[4]
    )::double[{{ numbers }}]
{%- endmacro %}

{#- A number less the median of earlier sessions, over their spread, cut off at 5; what is not there is
    as usual, 0. Least and greatest pass nulls over, so these are told apart first. -#}
{% macro in_spreads(x, centre, scale) -%}
if(
            {{ x }} is null or {{ scale }} is null,
            0,
            greatest(-5, least(5, ({{ x }}::double - {{ centre }}) / {{ scale }}))
        )
{%- endmacro %}

{#- Of each number, what it counts before it told anything: its block's weight over the block's size. -#}
{% macro parts() -%}
{%- set blocks = registry.setup | map(attribute='block') | list -%}
[
    {%- for segment in range(4) %}
    {%- set outer = loop %}
    {%- for block in blocks %}
    {%- set size = 4 * blocks | select('eq', block) | list | length %}
            {{ '%.17e' | format(analog_blocks[block] / size) }}
    {{- ',' if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- endfor %}
        ]
{%- endmacro %}
