{#---
doc: >
  Futures that dealers have to trade as price moves through each step of the ladder around a level,
  half a step to either side of its price: what the delta of all strikes changes by, the vol of each
  strike held and every future moved by the same percentage. Nothing is spread between strikes. Null
  where no strike of the set has open interest and vol, and of flow before the first option trade.
grain: [bucket_end, level_id, offset]
as_of: bucket_end
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set positions = ['naive', 'flow'] %}
{% set parts = {
    '0dte_wide': 'is_0dte and is_wide',
    '0dte_sharp': 'is_0dte and not is_wide',
    'later_wide': 'not is_0dte and is_wide',
    'later_sharp': 'not is_0dte and not is_wide',
} %}
with offsets as (
    select unnest({{ exposure.LADDER }})::tinyint as "offset"
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

rungs as (
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

-- a row of each at most: nothing is added up in an order of its own
found as (
    select
        {% for position in positions %}
        {% for name, is_part in parts.items() %}
        coalesce(max({{ position }}) filter (where {{ is_part }}), 0) as {{ position }}_{{ name }},
        {% endfor %}
        {% endfor %}
        bucket_end,
        level_id,
        "offset"
    from rungs
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
),

ladders as (
    select
        ladder_prices_5s.bucket_end,
        ladder_prices_5s.level_id,
        offsets."offset",
        -- a step that reaches below 0 is undefined; not said in the join, where a condition on one
        -- side alone has every row compared with every other
        case
            when ladder_prices_5s.price + (offsets."offset" - 0.5) * ladder_prices_5s.step > 0
                then ladder_prices_5s.bucket_end
        end as defined_at
    from options.ladder_prices_5s
    cross join offsets
)

select
    ladders.bucket_end,
    ladders.level_id,
    ladders."offset",
    case when known.is_naive_0dte then coalesce(added.naive_0dte, 0) end as hedge_naive_0dte,
    case when known.is_naive_all then coalesce(added.naive_0dte + added.naive_later, 0) end
        as hedge_naive_all,
    case when known.is_flow_0dte then coalesce(added.flow_0dte, 0) end as hedge_flow_0dte,
    case when known.is_flow_all then coalesce(added.flow_0dte + added.flow_later, 0) end
        as hedge_flow_all
from ladders
left join known on ladders.defined_at = known.bucket_end
left join added
    on
        ladders.bucket_end = added.bucket_end
        and ladders.level_id = added.level_id
        and ladders."offset" = added."offset"
