{#---
doc: >
  Where the gamma exposure of a set of expiries changes its sign, nearest to the forward: the step of
  the grid in which it does is halved eleven times, which leaves less than 0.01 points up to a forward
  of 20,000, and what is left is a line. Naive, and with what the flow has added. No row where both
  keep their sign within 10 %.
grain: [bucket_end, expiry_set]
as_of: bucket_end
columns:
  naive:    DOUBLE | thousandth | price of the naive sign change over the forward, less one
  net_flow: DOUBLE | thousandth | the same of naive plus flow, null before the first option trade
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set halvings = 11 %}
{% set step = '{is_step: node - node_before = 1, low: node_before, high: node, '
    ~ 'gex_low: gex_before, gex_high: gex}' %}
{% set place = '{about: about, step: step}' %}
{% set densities = exposure.densities('places.strikes', 'places.log_up') %}
{% set of_places = 'list_dot_product(' ~ densities ~ ', places.weights)' %}
with signed as (
    {% for kind, gex in {'naive': 'gex', 'net_flow': 'gex_net_flow'}.items() %}
    select
        bucket_end,
        expiry_set,
        '{{ kind }}' as kind,
        -- how far two nodes lie apart may be more than a TINYINT holds
        node::double as node,
        {{ gex }} as gex
    from options.grid_5s
    where {{ gex }} <> 0
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

neighbours as (
    select
        *,
        lag(node) over along as node_before,
        lag(gex) over along as gex_before
    from signed
    window along as (partition by bucket_end, expiry_set, kind order by node)
),

-- between nodes of opposite signs that are no neighbours it is zero all along
crossings as (
    select
        bucket_end,
        expiry_set,
        kind,
        if(
            node - node_before = 1,
            node_before + gex_before / (gex_before - gex),
            (node_before + node) / 2
        ) as about,
        {{ step }} as step
    from neighbours
    where sign(gex) <> sign(gex_before)
),

nearest as (
    select
        bucket_end,
        expiry_set,
        kind,
        -- of two as near the upper one
        arg_min({{ place }}, (abs(about), -about)) as crossing
    from crossings
    group by bucket_end, expiry_set, kind
),

halved_0 as (
    select
        nearest.bucket_end,
        nearest.expiry_set,
        nearest.kind,
        nearest.crossing.step.low,
        nearest.crossing.step.high,
        nearest.crossing.step.gex_low,
        nearest.crossing.step.gex_high,
        case nearest.expiry_set
            {% for set in exposure.SETS %}
            when '{{ set }}' then books.n_{{ set }}
            {% endfor %}
        end as n_strikes,
        if(nearest.kind = 'naive', books.naive, books.net_flow) as all_weights,
        -- strikes of a set come first
        books.strikes[:n_strikes] as strikes,
        all_weights[:n_strikes] as weights
    from nearest
    inner join options.books_5s as books using (bucket_end)
    where nearest.crossing.step.is_step
),

{% for n in range(1, halvings + 1) %}
middles_{{ n }} as (
    select
        *,
        (low + high) / 2 as middle,
        ln(1 + middle / 1000) as log_up
    from halved_{{ n - 1 }}
),

priced_{{ n }} as (
    select
        places.*,
        (1 + places.middle / 1000) * {{ of_places }} as gex
    from middles_{{ n }} as places
),

halved_{{ n }} as (
    select
        bucket_end,
        expiry_set,
        kind,
        if(sign(gex) = sign(gex_low), middle, low) as low,
        if(sign(gex) = sign(gex_low), high, middle) as high,
        if(sign(gex) = sign(gex_low), gex, gex_low) as gex_low,
        if(sign(gex) = sign(gex_low), gex_high, gex) as gex_high,
        strikes,
        weights
    from priced_{{ n }}
),

{% endfor %}
refined as (
    select
        nearest.bucket_end,
        nearest.expiry_set,
        nearest.kind,
        if(
            nearest.crossing.step.is_step,
            halved.low
            + (halved.high - halved.low) * halved.gex_low / (halved.gex_low - halved.gex_high),
            nearest.crossing.about
        ) as node
    from nearest
    left join halved_{{ halvings }} as halved using (bucket_end, expiry_set, kind)
)

select
    bucket_end,
    expiry_set,
    max(node) filter (where kind = 'naive') as naive,
    max(node) filter (where kind = 'net_flow') as net_flow
from refined
group by bucket_end, expiry_set
