{#---
doc: >
  Pressure of all options at each step of the ladder around a level. Steps are finer than strikes are
  apart; a strike counts for the steps around it by how near it is. Long is calls bought and puts
  sold, short is calls sold and puts bought, by those who crossed the spread. Suffix _60s takes the
  last twelve buckets together. No rows in sessions without options.
grain: [bucket_end, level_id, offset]
as_of: bucket_end
columns:
  gex_gross: DOUBLE | $/1% | gamma of calls and puts around the step
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/exposure.sql' as exposure %}
{% set terms = {
    'gex_call': 'weight * gex_call',
    'gex_put': 'weight * gex_put',
    'gex_gross': 'weight * gex_gross',
    'call_buy_qty': 'weight * call_buy_qty',
    'call_sell_qty': 'weight * call_sell_qty',
    'put_buy_qty': 'weight * put_buy_qty',
    'put_sell_qty': 'weight * put_sell_qty',
    'call_buy_premium': 'weight * call_buy_premium',
    'call_sell_premium': 'weight * call_sell_premium',
    'put_buy_premium': 'weight * put_buy_premium',
    'put_sell_premium': 'weight * put_sell_premium',
} %}
with offsets as (
    select unnest([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5])::tinyint as "offset"
),

rungs as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        levels_5s.used_since,
        offsets."offset",
        (levels_5s.tick + offsets."offset" * {{ band_ticks }}) * fronts.tick_e9 / 1e9 as price
    from pressure.levels_5s
    inner join market.fronts using (session, instrument_id)
    cross join offsets
    where exists (from options.contracts)
),

weighed as (
    select
        near.*,
        rungs."offset",
        {{ exposure.weighed('near', 'rungs.price') }} as weight
    from options.strikes_near_levels_5s as near
    inner join rungs using (bucket_end, level_id)
    where weight > 0
),

anchors as (
    select
        bucket_end,
        level_id,
        "offset",
        {{ exposure.anchors(terms) }}
    from weighed
    group by bucket_end, level_id, "offset"
),

sums as (
    select
        bucket_end,
        level_id,
        "offset",
        {{ exposure.sums(terms) }}
    from weighed
    inner join anchors using (bucket_end, level_id, "offset")
    group by bucket_end, level_id, "offset"
),

recent as (
    select
        rungs.used_since,
        rungs.bucket_end,
        rungs.level_id,
        rungs."offset",
        {% for name in exposure.FLOW_QTY + exposure.FLOW_PREMIUM %}
        {{ time.pooled(exposure.sum_along('sums.' ~ name, 'minute')) }} as {{ name }}_60s,
        {% endfor %}
        sums.* exclude (bucket_end, level_id, "offset")
    from rungs
    left join sums using (bucket_end, level_id, "offset")
    window minute as (
        partition by rungs.level_id, rungs.used_since, rungs."offset"
        order by rungs.bucket_end
        {{ time.last_minute() }}
    )
),

sided as (
    select
        {% for ago in ('', '_60s') %}
        call_buy_qty{{ ago }} + put_sell_qty{{ ago }} as long_qty{{ ago }},
        call_sell_qty{{ ago }} + put_buy_qty{{ ago }} as short_qty{{ ago }},
        {% endfor %}
        *
    from recent
),

-- once for the eleven prices of a ladder: a window would add them up for each
ladders as (
    select
        bucket_end,
        level_id,
        {{ exposure.sum_in_order('gex_gross', '"offset"') }} as ladder_gex,
        {{ exposure.sum_in_order('long_qty + short_qty', '"offset"') }} as ladder_qty,
        {{ exposure.sum_in_order('long_qty_60s + short_qty_60s', '"offset"') }} as ladder_qty_60s
    from sided
    group by bucket_end, level_id
),

shared as (
    select
        sided.*,
        ladders.* exclude (bucket_end, level_id)
    from sided
    inner join ladders using (bucket_end, level_id)
)

select
    bucket_end,
    level_id,
    "offset",
    {% for ago in ('', '_60s') %}
    beta(call_buy_premium{{ ago }}, call_sell_premium{{ ago }}) as call_pressure{{ ago }},
    beta(put_buy_premium{{ ago }}, put_sell_premium{{ ago }}) as put_pressure{{ ago }},
    beta(long_qty{{ ago }}, short_qty{{ ago }}) as long_short_pressure{{ ago }},
    {{ exposure.part('long_qty' ~ ago, 'ladder_qty' ~ ago) }} as long_share{{ ago }},
    {{ exposure.part('short_qty' ~ ago, 'ladder_qty' ~ ago) }} as short_share{{ ago }},
    {% endfor %}
    long_qty + short_qty as option_qty,
    long_qty_60s + short_qty_60s as option_qty_60s,
    gex_gross,
    {{ exposure.part('gex_gross', 'ladder_gex') }} as gex_share,
    beta(gex_call, gex_put) as gex_net_ratio
from shared
