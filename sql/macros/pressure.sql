{#- Rules of the pressure around a level that several models share. -#}

{#- Band of a distance from the level in ticks: 0 at it, 1 to 5 of equal width, 6 as wide as those
    together. -#}
{% macro band(distance) -%}
least({{ distance }} + {{ band_ticks - 1 }}, {{ band_ticks * 6 }}) // {{ band_ticks }}
{%- endmacro %}

{#- Whether a place is above (1), at (0) or below (-1) a level. -#}
{% macro way(places) -%}
sign({{ places }}.tick - levels_5s.tick)::tinyint
{%- endmacro %}

{#- Whether a place of the same bucket lies within some widths of a band from a level; ten reach to
    the end of band 6. Inequalities, which a join on the bucket's end filters by faster than abs. -#}
{% macro is_near(places, widths=10) -%}
levels_5s.bucket_end = {{ places }}.bucket_end
and {{ places }}.tick >= levels_5s.tick - {{ band_ticks * widths }}
and {{ places }}.tick <= levels_5s.tick + {{ band_ticks * widths }}
{%- endmacro %}

{#- The 26 cells of a level; way is -1 below the level, 0 at it, 1 above. -#}
{% macro places() -%}
select
    sides.side,
    zones.zone,
    bands.band,
    case zones.zone when 'above' then 1 when 'below' then -1 else 0 end::tinyint as way
from (values ('ask'), ('bid')) as sides (side)
cross join (values ('above'), ('at'), ('below')) as zones (zone)
cross join (select unnest([0, 1, 2, 3, 4, 5, 6])::tinyint as band) as bands
where (zones.zone = 'at') = (bands.band = 0)
{%- endmacro %}

{#- How many ticks of a cell, from k_low to k_high, lie beyond the opposite best quote. -#}
{% macro within_reach(quote) -%}
if(
    side = 'ask',
    greatest(k_high - greatest(k_low - 1, {{ quote }}), 0),
    greatest(least(k_high + 1, {{ quote }}) - k_low, 0)
)::integer
{%- endmacro %}

{#- Share of n_ticks prices in which a side could rest: counted at the bucket's start and its end,
    so that the whole is twice the prices. -#}
{% macro reach(n_reach, n_ticks) -%}
{{ n_reach }} / (2 * {{ n_ticks }})
{%- endmacro %}

{#- Whether a side is measured at all: where it could rest in less than a fifth of the prices, a
    ratio would tell of one or two of them. -#}
{% macro is_reached(reach) -%}
{{ reach }} >= 0.2
{%- endmacro %}

{#- Every feature of a list and what it is over, as columns; a feature is null where a condition on
    the reach of its cells does not hold. -#}
{% macro values(features, condition=none) %}
{% for feature in features %}
{% if condition is none %}
({{ feature.formula }})::double as {{ feature.name }},
{% else %}
if({{ condition }}, {{ feature.formula }}, null)::double as {{ feature.name }},
{% endif %}
{% if feature.support is not none %}
({{ feature.support }})::double as {{ feature.name }}_support,
{% endif %}
{% endfor %}
{%- endmacro %}

{#- The three values before each feature, in the window named series; or of rows that come series by
    series, each bucket by bucket without a gap, where n_before is how many of its own a row has
    before it. A window without an order takes rows as they come; one with an order sorts all that
    they carry, which in a wide relation costs more than the rest. -#}
{% macro lags(features, of_rows_in_order=false) %}
{% for feature in features %}
{% for n in (1, 2, 3) %}
{% set before = 'lag(' ~ feature.name ~ ', ' ~ n ~ ') over' %}
{% if of_rows_in_order %}
if(n_before >= {{ n }}, {{ before }} (), null) as {{ feature.name }}_{{ n }},
{% else %}
{{ before }} series as {{ feature.name }}_{{ n }},
{% endif %}
{% endfor %}
{% endfor %}
{%- endmacro %}

{#- Every feature with its support and its first, second and third difference, as the last columns
    of a relation; null where a value before is. -#}
{% macro differences(features) %}
{% for feature in features %}
{% set x = feature.name %}
{{ x }},
{% if feature.support is not none %}
{{ x }}_support,
{% endif %}
{{ x }} - {{ x }}_1 as {{ x }}_d1,
{{ x }} - 2 * {{ x }}_1 + {{ x }}_2 as {{ x }}_d2,
{{ x }} - 3 * {{ x }}_1 + 3 * {{ x }}_2 - {{ x }}_3 as {{ x }}_d3{{ ',' if not loop.last }}
{% endfor %}
{%- endmacro %}

{#- Ticks to the price by which a tenth of what rests within reach of a profile rests, at the start
    and at the end of the bucket: two steps over rows of distance, depth_start and depth_end. -#}
{% macro gaps(source, keys) -%}
nearer as (
    select
        *,
        sum(depth_start) over nearer as nearer_start,
        sum(depth_end) over nearer as nearer_end,
        sum(depth_start) over whole as whole_start,
        sum(depth_end) over whole as whole_end
    from {{ source }}
    window
        nearer as (partition by {{ keys }} order by distance),
        whole as (
            partition by {{ keys }}
            order by distance
            range between unbounded preceding and unbounded following
        )
),

gaps as (
    select
        {{ keys }},
        min(distance) filter (where whole_start > 0 and 10 * nearer_start >= whole_start)
            as gap_start,
        min(distance) filter (where whole_end > 0 and 10 * nearer_end >= whole_end) as gap_end
    from nearer
    group by {{ keys }}
)
{%- endmacro %}

{#- Entropy of a profile of five bands of depth, 1 where all hold the same. -#}
{% macro entropy(bands, whole) -%}
least(
    (
        {% for band in bands %}
        if({{ band }} > 0, {{ band }} / {{ whole }} * ln({{ whole }} / {{ band }}), 0)
        {{- ' +' if not loop.last }}
        {% endfor %}
    ) / ln(5),
    1
)
{%- endmacro %}

{#- Distance of a price from the best quote of its own side, 1 at the quote. -#}
{% macro touch_distance(quote) -%}
1 + if(best_5s.side = 'bid', {{ quote }} - active_prices_5s.tick, active_prices_5s.tick - {{ quote }})
{%- endmacro %}

{#- What the dealer hedge ladder says of a step, in the order of its columns. -#}
{% set HEDGES = [
    {'name': 'hedge_naive_0dte', 'support': none},
    {'name': 'hedge_naive_all', 'support': none},
    {'name': 'hedge_flow_0dte', 'support': none},
    {'name': 'hedge_flow_all', 'support': none},
    {'name': 'hedge_share_up', 'support': none},
    {'name': 'hedge_share_down', 'support': none},
] %}

{#- What options traded at a step say, in the order of its columns. -#}
{% set LADDER_FLOWS = [
    {'name': 'long_delta', 'support': none},
    {'name': 'short_delta', 'support': none},
    {'name': 'long_short_pressure', 'support': none},
    {'name': 'long_delta_60s', 'support': none},
    {'name': 'short_delta_60s', 'support': none},
    {'name': 'long_short_pressure_60s', 'support': none},
] %}

{#- What is added up by cell: flows by which way they went, then what rested. -#}
{% set CELL_SUMS = [
    'add_qty', 'pull_qty', 'fill_qty', 'size_up_qty', 'refill_qty', 'in_away_qty', 'in_toward_qty',
    'out_away_qty', 'out_toward_qty', 'hidden_fill_qty', 'unknown_fill_qty', 'snapshot_qty',
    'clear_qty', 'unknown_cancel_qty', 'n_add', 'n_pull', 'n_fill', 'n_unknown', 'pull_500ms_qty',
    'pull_5s_qty', 'pull_60s_qty', 'depth_start', 'depth_end', 'orders_end',
    'k_depth_start', 'k_depth_end',
] %}
