{#- Rules of gamma exposure that several models share. -#}
{% import 'numerics/normal.sql' as normal %}

{#- Nodes of the grid of prices, thousandths of the forward from 10 % below to 10 % above it, from the
    inside out: those farther out are only worked out where no sign change lies within. -#}
{%- set RINGS = [
    range(-10, 11) | list,
    (range(-20, -10) | list) + (range(11, 21) | list),
    (range(-100, -20) | list) + (range(21, 101) | list),
] -%}

{#- The steps of the ladder around a level, and the prices at which pressure of options is looked at, a
    gap between strikes apart: by how many they are from the level. -#}
{%- set LADDER = range(-5, 6) | list -%}
{%- set PLACES = range(-2, 3) | list -%}

{#- Sets of expiries, each with those before it: by the days from the session to the last one. -#}
{% set SETS = {'0dte': 0, '5d': 5, 'all': 2147483647} %}

{#- Gamma of every strike in a list of d1 and per_vol once everything has moved by some log of a ratio,
    but for what a strike's weight holds. The moved list is one of its own because a lambda works out a
    repeated term anew each time. -#}
{% macro densities(strikes, log_up) -%}
list_transform(
    list_transform({{ strikes }}, lambda x: x.d1 + {{ log_up }} * x.per_vol),
    lambda z: exp(-0.5 * z * z)
)
{%- endmacro %}

{#- The strikes of each bucket that gamma exposure is held in, in one row, as options.books_5s has them:
    steps over held_strikes_5s that end in books, with a number where there are several. -#}
{% macro listed(condition='true', number='') -%}
listed{{ number }} as (
    select
        {% for set, last_day in SETS.items() %}
        count(*) filter (where days <= {{ last_day }}) as n_{{ set }},
        {% endfor %}
        bucket_end,
        -- known of every strike or of none
        count(gex_net_flow) > 0 as is_flow_known,
        list(
            {d1: d1, per_vol: per_vol, naive: gex_naive, net_flow: gex_net_flow}
            order by expiry, strike
        ) as strikes
    from options.held_strikes_5s
    where gex_naive is not null and (gex_naive <> 0 or gex_net_flow <> 0) and {{ condition }}
    group by bucket_end
),

books{{ number }} as (
    select
        {% for set in SETS %}
        n_{{ set }},
        {% endfor %}
        bucket_end,
        list_transform(strikes, lambda x: x.naive) as naive,
        case when is_flow_known then list_transform(strikes, lambda x: x.net_flow) end as net_flow,
        list_transform(strikes, lambda x: struct_pack(d1 := x.d1, per_vol := x.per_vol)) as strikes
    from listed{{ number }}
)
{%- endmacro %}

{#- Exposure of each set of expiries at some nodes of the grid, naive and naive plus flow: steps over
    books to gridded, with a number where there are several. -#}
{% macro gridded(books, nodes, number='') -%}
grid{{ number }} as (
    select
        node,
        1 + node / 1000 as up,
        ln(up) as log_up
    from (select unnest({{ nodes }})::tinyint as node) as nodes
),

-- what is listed anew a step of its own, before the join: it is worked out once
chosen{{ number }} as (
    select
        {% for set in SETS %}
        n_{{ set }},
        list_resize(naive[:n_{{ set }}], n_all, 0) as naive_{{ set }},
        list_resize(net_flow[:n_{{ set }}], n_all, 0) as net_flow_{{ set }},
        {% endfor %}
        bucket_end,
        strikes
    from {{ books }}
),

moved{{ number }} as (
    select
        chosen.*,
        grid.node,
        grid.up,
        {{ densities('chosen.strikes', 'grid.log_up') }} as densities
    from chosen{{ number }} as chosen
    cross join grid{{ number }} as grid
),

repriced{{ number }} as (
    select
        {% for set in SETS %}
        up * list_dot_product(densities, naive_{{ set }}) as gex_{{ set }},
        up * list_dot_product(densities, net_flow_{{ set }}) as net_flow_{{ set }},
        n_{{ set }},
        {% endfor %}
        bucket_end,
        node
    from moved{{ number }}
),

gridded{{ number }} as (
    {% for set in SETS %}
    select
        bucket_end,
        '{{ set }}' as expiry_set,
        node,
        gex_{{ set }} as gex,
        net_flow_{{ set }} as gex_net_flow
    from repriced{{ number }}
    where n_{{ set }} > 0
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)
{%- endmacro %}

{#- Whether the steps of a bucket's ladders are narrow beside a strike's vol: less than a tenth of a
    standard deviation, and than a fiftieth of the lowest price. -#}
{% macro is_wide(strikes, ladders) -%}
{{ ladders }}.step * greatest({{ strikes }}.per_vol, 5) < 0.1 * {{ ladders }}.lowest
{%- endmacro %}

{#- The third most that any strike holds, or the least where fewer hold any: a bound of what comes
    below, since the order of all strikes is dear. -#}
{% macro third(value, condition='true') -%}
list_min(max({{ value }}, 3) filter (where {{ value }} > 0 and {{ condition }}))
{%- endmacro %}

{#- The three strikes that hold most of something, the most first, of those that hold at least the
    third most; of those that hold the same the one nearest to the forward, then the one farther up (1)
    or down (-1), then of the higher future. -#}
{% macro walls(value, third, farther, condition='true') -%}
arg_max(
    {price: front_strike, strike: strike, underlying_id: underlying_id, held: {{ value }}},
    ({{ value }}, -abs(front_strike - forward), {{ farther }} * front_strike, underlying_id),
    3
) filter (where {{ value }} >= {{ third }} and {{ condition }})
{%- endmacro %}

{#- Weight of a strike in a place: the nearer the place's price the more, 1 at it and 0 a step away,
    so that the places around a strike share it out. -#}
{% macro weighed(strikes, price) -%}
1 - abs({{ strikes }}.front_strike - ({{ price }})) / {{ strikes }}.step
{%- endmacro %}

{#- A double to add to every addend and take off again, so that all are multiples of one power of 2
    and sums of up to so many exact, the same in any order and turned around. It goes by the largest
    addend, of which sums of up to 4096 keep 40 bits: times 2^52 + 1 and back leaves of so many of it
    the nearest power of 2 (Dekker 1971), for a tenth of what a logarithm and a power cost. From one
    and a half of that no addend leads to another exponent, if there are at least 3 of the largest. -#}
{% macro anchor(value, many=4096) -%}
{%- set most = '(' ~ many ~ ' * max(abs(' ~ value ~ '))::double)' -%}
1.5 * ({{ most }} * 4503599627370497 - ({{ most }} * 4503599627370497 - {{ most }}))
{%- endmacro %}

{#- The anchors and the sums of terms: what is summed of each row, by name. -#}
{% macro anchors(terms) %}
{% for name, value in terms.items() %}
{{ anchor(value) }} as {{ name }}_anchor{{ ',' if not loop.last }}
{% endfor %}
{%- endmacro %}

{% macro exact(value, anchor) -%}
sum({{ value }} + {{ anchor }} - {{ anchor }})
{%- endmacro %}

{% macro sums(terms) %}
{% for name, value in terms.items() %}
{{ exact(value, name ~ '_anchor') }} as {{ name }}{{ ',' if not loop.last }}
{% endfor %}
{%- endmacro %}

{#- What customers bought and sold, in contracts and in premium: columns of options.flow_5s. -#}
{% set FLOW_QTY = ['call_buy_qty', 'call_sell_qty', 'put_buy_qty', 'put_sell_qty'] %}
{% set FLOW_PREMIUM = [
    'call_buy_premium', 'call_sell_premium', 'put_buy_premium', 'put_sell_premium'
] %}

{#- Sum over a window in the order of its rows. -#}
{% macro sum_along(value, window) -%}
list_sum(list({{ value }}) over {{ window }})
{%- endmacro %}

{#- Sum over a group in an order that leaves no choice. -#}
{% macro sum_in_order(value, order) -%}
list_sum(list({{ value }} order by {{ order }}))
{%- endmacro %}

{#- Share of a part in a whole; a part may come out above the whole by rounding. -#}
{% macro part(part, whole) -%}
if({{ part }} > {{ whole }}, 1, share({{ part }}, {{ whole }}))
{%- endmacro %}
