{#- Rules of gamma exposure that several models share. -#}
{% import 'numerics/normal.sql' as normal %}

{#- Nodes of the grid of prices: thousandths of the forward, from 10 % below to 10 % above it. Near
    is where the sign change that counts mostly lies; where it does, the rest is not worked out. -#}
{%- set near_nodes = range(-20, 21) | list -%}
{%- set far_nodes = (range(-100, -20) | list) + (range(21, 101) | list) -%}

{#- What d1 is of every strike in a list of d1 and per_vol once everything has moved by some log of a
    ratio. It is a list of its own because a lambda works out a repeated term anew each time. -#}
{% macro moved(strikes, log_up) -%}
list_transform({{ strikes }}, lambda x: x.d1 + {{ log_up }} * x.per_vol)
{%- endmacro %}

{#- Gamma there, but for what a strike's weight holds. -#}
{% macro densities(strikes, log_up) -%}
list_transform({{ moved(strikes, log_up) }}, lambda z: exp(-0.5 * z * z))
{%- endmacro %}

{#- The known strikes of each expiry as what reprices them, vol held: steps over the rows of a condition
    on gex_5s to one of bucket_end, days, and lists of strikes and of their weights, naive and naive
    plus flow. Everything moves by the same percentage, so futures of other months come along.

    At the forward times up, d1 is the one at the forward plus ln(up) over the vol to expiry; gamma
    times price squared is price times the density at d1. -#}
{% set strike = '{d1: d1, per_vol: 1 / total_vol, naive: naive, net_flow: net_flow}' %}
{% macro books(condition='true') -%}
weighed as (
    select
        gex_5s.bucket_end,
        gex_5s.days,
        gex_5s.expiry,
        gex_5s.strike,
        vols_5s.iv * sqrt(vols_5s.t_years) as total_vol,
        ln(vols_5s.forward / vols_5s.strike) / total_vol + total_vol / 2 as d1,
        vols_5s.df * vols_5s.forward / total_vol * 0.01 / sqrt(2 * pi()) as unit,
        gex_5s.value_call - gex_5s.value_put as value_naive,
        unit * value_naive as naive,
        -- null before the first option trade, of every strike
        unit * (value_naive - gex_5s.value_bought) as net_flow
    from options.gex_5s
    inner join options.vols_5s using (bucket_end, expiry, strike)
    where
        gex_5s.gex_net is not null
        and (naive <> 0 or coalesce(net_flow, 0) <> 0)
        and {{ condition }}
),

-- lists in one order, so that sums over them are the same whatever the threads
listed as (
    select
        bucket_end,
        days,
        list({{ strike }} order by expiry, strike) as strikes
    from weighed
    group by bucket_end, days
),

books as (
    select
        bucket_end,
        days,
        strikes,
        list_transform(strikes, lambda x: x.naive) as naive,
        if(strikes[1].net_flow is null, null, list_transform(strikes, lambda x: x.net_flow))
            as net_flow
    from listed
)
{%- endmacro %}

{#- Exposure of each expiry at some nodes of the grid, naive and naive plus flow, as rows of
    bucket_end, days, node, gex and gex_net_flow. -#}
{% macro repriced(nodes, condition='true') -%}
{{ books(condition) }},

grid as (
    select
        node,
        1 + node / 1000 as up,
        ln(up) as log_up
    from (select unnest({{ nodes }})::tinyint as node) as nodes
),

-- a step of its own, for DuckDB works out a repeated list twice
moved as (
    select
        books.bucket_end,
        books.days,
        books.naive,
        books.net_flow,
        grid.node,
        grid.up,
        {{ densities('books.strikes', 'grid.log_up') }} as densities
    from books
    cross join grid
),

repriced as (
    select
        bucket_end,
        days,
        node,
        up * list_dot_product(densities, naive) as gex,
        -- null before the first option trade, as its list is
        up * list_dot_product(densities, net_flow) as gex_net_flow
    from moved
)
{%- endmacro %}

{#- The same for each set of expiries: a step over repriced. -#}
{% macro gathered() -%}
gathered as (
    select
        repriced.bucket_end,
        expiry_sets.expiry_set,
        repriced.node,
        sum(repriced.gex order by repriced.days) as gex,
        sum(repriced.gex_net_flow order by repriced.days) as gex_net_flow
    from repriced
    inner join options.expiry_sets on repriced.days <= expiry_sets.last_day
    group by repriced.bucket_end, expiry_sets.expiry_set, repriced.node
)
{%- endmacro %}

{#- Whether the steps of a bucket's ladders are narrow beside a strike's vol: less than a tenth of a
    standard deviation, and than a fiftieth of the lowest price. -#}
{% macro is_wide(strikes, ladders) -%}
{{ ladders }}.step * greatest({{ strikes }}.per_vol, 5) < 0.1 * {{ ladders }}.lowest
{%- endmacro %}

{#- The three strikes that hold most of something, the most first; of those that hold the same the
    one nearest to the forward, then the one farther up (1) or down (-1), then of the higher future. -#}
{% macro walls(value, farther, condition='true') -%}
arg_max(
    {price: front_strike, strike: strike, underlying_id: underlying_id, held: {{ value }}},
    ({{ value }}, -abs(front_strike - forward), {{ farther }} * front_strike, underlying_id),
    3
) filter (where {{ value }} > 0 and {{ condition }})
{%- endmacro %}

{#- Weight of a strike in a place: the nearer the place's price the more, 1 at it and 0 a step away,
    so that the places around a strike share it out. -#}
{% macro weighed(strikes, price) -%}
1 - abs({{ strikes }}.front_strike - ({{ price }})) / {{ strikes }}.step
{%- endmacro %}

{#- A double to add to every addend and take off again, so that all are multiples of one power of 2
    and sums of up to 4096 of them exact, the same in any order: 2^13 times the largest addend, of
    which that leaves 40 bits. -#}
{% macro anchor(value) -%}
8192e0 * max(abs({{ value }}))
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
