{#---
doc: >
  Futures that dealers have to trade as price moves through each step of the ladder around a level,
  half a step to either side of its price: what the delta of all strikes changes by, the vol of each
  strike held and every future moved by the same percentage. Nothing is spread between strikes. Null
  where no strike of the set has open interest and vol, and of flow before the first option trade.
grain: [bucket_end, level_id, offset]
as_of: bucket_end
---#}
{% set positions = ['naive', 'flow'] %}
{% set is_above_0 = 'ladders.price + (offsets."offset" - 0.5) * ladders.step > 0' %}
with offsets as (
    select unnest([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5])::tinyint as "offset"
),

known as (
    select
        {% for position in positions %}
        count({{ position }}) filter (where days = 0) > 0 as is_{{ position }}_0dte,
        count({{ position }}) > 0 as is_{{ position }}_all,
        {% endfor %}
        bucket_end
    from options.held_strikes_5s
    where front_forward is not null
    group by bucket_end
),

parts as (
    select
        *,
        true as is_wide
    from options.gamma_rungs_5s
    union all
    select
        *,
        false as is_wide
    from options.delta_rungs_5s
),

-- one row each: nothing is added up in an order of its own
found as (
    select
        {% for position in positions %}
        {% for part in ('0dte', 'later') %}
        {% for width in ('wide', 'sharp') %}
        coalesce(max({{ position }}) filter (
            where is_0dte = {{ (part == '0dte') | lower }} and is_wide = {{ (width == 'wide') | lower }}
        ), 0) as {{ position }}_{{ part }}_{{ width }},
        {% endfor %}
        {% endfor %}
        {% endfor %}
        bucket_end,
        level_id,
        "offset"
    from parts
    group by bucket_end, level_id, "offset"
),

added as (
    select
        {% for position in positions %}
        {{ position }}_0dte_wide + {{ position }}_0dte_sharp as {{ position }}_0dte,
        {{ position }}_later_wide + {{ position }}_later_sharp as {{ position }}_later,
        {% endfor %}
        bucket_end,
        level_id,
        "offset"
    from found
)

select
    ladders.bucket_end,
    ladders.level_id,
    offsets."offset",
    {% for position in positions %}
    {% for set, sum in {'0dte': '0dte', 'all': '0dte + added.' ~ position ~ '_later'}.items() %}
    if(known.is_{{ position }}_{{ set }} and {{ is_above_0 }}, coalesce(added.{{ position }}_{{ sum }}, 0), null)
        as hedge_{{ position }}_{{ set }},
    {% endfor %}
    {% endfor %}
from options.ladder_prices_5s as ladders
cross join offsets
left join known using (bucket_end)
left join added using (bucket_end, level_id, "offset")
