{#- Rules of gamma exposure that several models share. -#}

{#- Nodes of the grid of prices: thousandths of the forward, from 10 % below to 10 % above it. Near
    is where the sign change that counts mostly lies; where it does, the rest is not worked out. -#}
{%- set near_nodes = range(-20, 21) | list -%}
{%- set far_nodes = (range(-100, -20) | list) + (range(21, 101) | list) -%}

{#- Naive exposure of each expiry at some nodes of the grid, vol held per strike, as rows of
    bucket_end, days, node and gex: steps over the rows of a condition on gex_5s. Everything
    moves by the same percentage, so futures of other months come along.

    At the forward times (1 + node / 1000), d1 is the one at the forward plus ln(1 + node / 1000)
    over the vol to expiry; gamma times price squared is price times the density at d1. -#}
{% macro repriced(nodes, condition='true') -%}
weighed as (
    select
        gex_5s.bucket_end,
        gex_5s.days,
        gex_5s.expiry,
        gex_5s.strike,
        vols_5s.iv * sqrt(vols_5s.t_years) as total_vol,
        ln(vols_5s.forward / vols_5s.strike) / total_vol + total_vol / 2 as d1,
        1 / total_vol as per_vol,
        (gex_5s.value_call - gex_5s.value_put) * vols_5s.df * vols_5s.forward / total_vol
            as weight
    from options.gex_5s
    inner join options.vols_5s using (bucket_end, expiry, strike)
    where gex_5s.gex_net is not null and gex_5s.value_call <> gex_5s.value_put and {{ condition }}
),

-- a list is summed from its start, whatever the threads
listed as (
    select
        bucket_end,
        days,
        list({d1: d1, per_vol: per_vol, weight: weight} order by expiry, strike) as strikes
    from weighed
    group by bucket_end, days
),

grid as (
    select
        node,
        1 + node / 1000 as up,
        ln(up) as log_up
    from (select unnest({{ nodes }})::tinyint as node) as nodes
),

repriced as (
    select
        listed.bucket_end,
        listed.days,
        grid.node,
        grid.up * list_sum(list_transform(
            listed.strikes,
            lambda x: x.weight
            * exp(-0.5 * (x.d1 + grid.log_up * x.per_vol) * (x.d1 + grid.log_up * x.per_vol))
        )) * 0.01 / sqrt(2 * pi()) as gex
    from listed
    cross join grid
)
{%- endmacro %}

{#- The same for each set of expiries: a step over repriced. -#}
{% macro gathered() -%}
gathered as (
    select
        repriced.bucket_end,
        expiry_sets.expiry_set,
        repriced.node,
        sum(repriced.gex order by repriced.days) as gex
    from repriced
    inner join options.expiry_sets on repriced.days <= expiry_sets.last_day
    group by repriced.bucket_end, expiry_sets.expiry_set, repriced.node
)
{%- endmacro %}

{#- Undiscounted deltas of calls in a list of d1 and per_vol once everything has moved by some log of
    a ratio, in the order of the list. -#}
{% macro moved_deltas(strikes, log_up) -%}
list_transform({{ strikes }}, lambda x: norm_cdf(x.d1 + {{ log_up }} * x.per_vol))
{%- endmacro %}

{#- The strike that holds most of something; of those that hold the same the one nearest to the
    forward, and then the one farther up or down. -#}
{% macro wall(value, farther, condition='true') -%}
arg_max(front_strike, ({{ value }}, -abs(front_strike - forward), {{ farther }}))
    filter (where {{ value }} > 0 and {{ condition }})
{%- endmacro %}

{#- Weight of a strike in a place: the nearer the place's price the more, 1 at it and 0 a step away,
    so that the places around a strike share it out. -#}
{% macro weighed(strikes, price) -%}
1 - abs({{ strikes }}.front_strike - ({{ price }})) / {{ strikes }}.step
{%- endmacro %}

{#- A double to add to every addend and take off again, so that all are multiples of one power of 2
    and sums of up to 4096 of them exact, the same in any order. It goes by the largest addend, of
    which a sum keeps 40 bits. -#}
{% macro anchor(value) -%}
coalesce(1.5 * pow(2, 12 + ceil(log2(nullif(max(abs({{ value }})), 0)))), 0)
{%- endmacro %}

{#- The anchors and the sums of terms: what is summed of each row, by name. -#}
{% macro anchors(terms) %}
{% for name, value in terms.items() %}
{{ anchor(value) }} as {{ name }}_anchor{{ ',' if not loop.last }}
{% endfor %}
{%- endmacro %}

{% macro sums(terms) %}
{% for name, value in terms.items() %}
sum({{ value }} + {{ name }}_anchor - {{ name }}_anchor) as {{ name }}{{ ',' if not loop.last }}
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
