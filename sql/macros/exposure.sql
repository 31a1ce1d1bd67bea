{#- Rules of gamma exposure that several models share. -#}

{#- Nodes of the grid of prices: thousandths of the forward, from 10 % below to 10 % above it. Near
    is where the sign change that counts mostly lies; where it does, the rest is not worked out. -#}
{%- set near_nodes = range(-20, 21) | list -%}
{%- set far_nodes = (range(-100, -20) | list) + (range(21, 101) | list) -%}

{#- Naive exposure of each expiry at some nodes of the grid, vol held per strike, as rows of
    bucket_end, days, node and gex: two steps over the rows of a condition on gex_5s. Everything
    moves by the same percentage, so futures of other months come along.

    At the forward times (1 + node / 1000), d1 is the one at the forward plus ln(1 + node / 1000)
    over the vol to expiry; gamma times price squared is price times the density at d1. -#}
{% macro repriced(nodes, condition='true') -%}
weighed as (
    select
        gex_5s.bucket_end,
        gex_5s.days,
        vols_5s.iv * sqrt(vols_5s.t_years) as total_vol,
        ln(vols_5s.forward / vols_5s.strike) / total_vol + total_vol / 2 as d1,
        1 / total_vol as per_vol,
        (gex_5s.oi_call - gex_5s.oi_put) * gex_5s.multiplier * vols_5s.df * vols_5s.forward
        / total_vol as weight
    from options.gex_5s
    inner join options.vols_5s using (bucket_end, expiry, strike)
    where gex_5s.gex_net is not null and gex_5s.oi_call <> gex_5s.oi_put and {{ condition }}
),

profiles as (
    select
        bucket_end,
        days,
        [
            {% for node in nodes -%}
            {%- set d1 = '(d1 + ln(1 + ' ~ node ~ ' / 1000) * per_vol)' -%}
            sum(weight * exp(-0.5 * {{ d1 }} * {{ d1 }})) * (1 + {{ node }} / 1000)
            {{- ',' if not loop.last }}
            {% endfor -%}
        ] as values_at_nodes
    from weighed
    group by bucket_end, days
),

repriced as (
    select
        bucket_end,
        days,
        unnest({{ nodes }}::tinyint[]) as node,
        unnest(values_at_nodes) * 0.01 / sqrt(2 * pi()) as gex
    from profiles
)
{%- endmacro %}

{#- The same for each set of expiries: a step over repriced. -#}
{% macro gathered() -%}
gathered as (
    select
        repriced.bucket_end,
        expiry_sets.expiry_set,
        repriced.node,
        sum(repriced.gex) as gex
    from repriced
    inner join options.expiry_sets on repriced.days <= expiry_sets.last_day
    group by repriced.bucket_end, expiry_sets.expiry_set, repriced.node
)
{%- endmacro %}

{#- The strike that holds most of something; of those that hold the same the one nearest to the
    forward, and then the one farther up or down. -#}
{% macro wall(value, farther, condition='true') -%}
arg_max(front_strike, ({{ value }}, -abs(front_strike - forward), {{ farther }}))
            filter (where {{ value }} > 0 and {{ condition }})
{%- endmacro %}

{#- What around_5s holds of each strike, summed by the weight of the strike in a place: the nearer
    the place's price the more, 1 at it and 0 a step away, so that the places around a strike
    share it out. -#}
{%- set amounts = [
    'gex_call', 'gex_put', 'gex_gross', 'charm_net',
    'call_buy_qty', 'call_sell_qty', 'put_buy_qty', 'put_sell_qty', 'unsided_qty',
    'call_buy_premium', 'call_sell_premium', 'put_buy_premium', 'put_sell_premium',
    'bid_add_qty', 'bid_pull_qty', 'ask_add_qty', 'ask_pull_qty',
] -%}
{% macro weighed(price, step) -%}
1 - abs(around_5s.front_strike - ({{ price }})) / {{ step }}
{%- endmacro %}

{% macro sums(names) -%}
{% for name in names -%}
sum(weight * {{ name }}) as {{ name }},
        {% endfor -%}
{%- endmacro %}

{#- Share of a part in a whole; a part may come out above the whole by rounding. -#}
{% macro part(part, whole) -%}
if({{ part }} > {{ whole }}, 1, share({{ part }}, {{ whole }}))
{%- endmacro %}
