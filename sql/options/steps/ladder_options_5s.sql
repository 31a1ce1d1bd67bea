{#---
doc: >
  Options traded at each step of the ladder around a level, all expiries: a strike counts at the step
  whose price is nearest, as it was traded, and nothing is spread between strikes. Long is calls
  bought and puts sold, short is calls sold and puts bought, by those who crossed the spread, each
  contract by its delta. Suffix _60s takes the last twelve buckets together. Null where no strike is
  listed at the step; no rows in sessions without options.
grain: [bucket_end, level_id, offset]
as_of: bucket_end
columns:
  gex_gross: DOUBLE | $/1% | gamma of calls and puts at the strikes of the step
---#}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/exposure.sql' as exposure %}
{% import 'macros/pressure.sql' as pressure with context %}
{% set terms = {
    'gex_call': 'gex_call', 'gex_put': 'gex_put', 'gex_gross': 'gex_gross',
    'call_buy_qty': 'call_buy_qty', 'call_sell_qty': 'call_sell_qty', 'put_buy_qty': 'put_buy_qty',
    'put_sell_qty': 'put_sell_qty', 'long_part': 'long_delta', 'short_part': 'short_delta',
    'call_buy_premium': 'call_buy_premium', 'call_sell_premium': 'call_sell_premium',
    'put_buy_premium': 'put_buy_premium', 'put_sell_premium': 'put_sell_premium',
} %}
{% set flows = exposure.FLOW_QTY + exposure.FLOW_PREMIUM + ['long_delta', 'short_delta'] %}
with offsets as (
    select unnest({{ exposure.LADDER }})::tinyint as "offset"
),

rungs as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        levels_5s.used_since,
        offsets."offset",
        (levels_5s.tick + (offsets."offset" - 0.5) * {{ band_ticks }}) * fronts.tick_e9 / 1e9
            as low,
        (levels_5s.tick + (offsets."offset" + 0.5) * {{ band_ticks }}) * fronts.tick_e9 / 1e9
            as high
    from pressure.levels_5s
    inner join market.fronts using (session, instrument_id)
    cross join offsets
    where exists (from options.contracts)
),

-- of two steps as near the upper one
members as (
    select
        near.*,
        rungs."offset"
    from options.strikes_near_levels_5s as near
    inner join rungs using (bucket_end, level_id)
    where near.front_strike >= rungs.low and near.front_strike < rungs.high
),

-- most steps never hold a strike, and have nothing to add up
struck as (
    select distinct
        level_id,
        "offset"
    from members
),

anchors as (
    select
        bucket_end,
        level_id,
        "offset",
        {{ exposure.anchors(terms) }}
    from members
    group by bucket_end, level_id, "offset"
),

sums as (
    select
        bucket_end,
        level_id,
        "offset",
        {{ exposure.sums(terms) }},
        -- known where it is of every strike
        if(count(members.long_delta) = count(*), long_part, null) as long_delta,
        if(count(members.short_delta) = count(*), short_part, null) as short_delta
    from members
    inner join anchors using (bucket_end, level_id, "offset")
    group by bucket_end, level_id, "offset"
),

recent as (
    select
        rungs.* exclude (rungs.low, rungs.high),
        {% for name in flows %}
        {{ time.pooled(exposure.sum_along('sums.' ~ name, 'minute')) }} as {{ name }}_60s,
        {% endfor %}
        sums.* exclude (bucket_end, level_id, "offset")
    from rungs
    semi join struck using (level_id, "offset")
    left join sums using (bucket_end, level_id, "offset")
    window minute as (
        partition by rungs.level_id, rungs.used_since, rungs."offset"
        order by rungs.bucket_end
        {{ time.last_minute() }}
    )
),

-- once for the eleven prices of a ladder: a window would add them up for each
ladders as (
    select
        bucket_end,
        level_id,
        {{ exposure.sum_in_order('gex_gross', '"offset"') }} as ladder_gex,
        {{ exposure.sum_in_order('long_delta + short_delta', '"offset"') }} as whole,
        {{ exposure.sum_in_order('long_delta_60s + short_delta_60s', '"offset"') }} as whole_60s
    from recent
    group by bucket_end, level_id
),

defined as (
    select
        {% for ago in ('', '_60s') %}
        beta(recent.call_buy_premium{{ ago }}, recent.call_sell_premium{{ ago }})
            as call_pressure{{ ago }},
        beta(recent.put_buy_premium{{ ago }}, recent.put_sell_premium{{ ago }})
            as put_pressure{{ ago }},
        recent.long_delta{{ ago }},
        recent.short_delta{{ ago }},
        beta(recent.long_delta{{ ago }}, recent.short_delta{{ ago }})
            as long_short_pressure{{ ago }},
        {{ exposure.part('recent.long_delta' ~ ago, 'ladders.whole' ~ ago) }}
            as long_share{{ ago }},
        {{ exposure.part('recent.short_delta' ~ ago, 'ladders.whole' ~ ago) }}
            as short_share{{ ago }},
        recent.call_buy_qty{{ ago }} + recent.call_sell_qty{{ ago }} + recent.put_buy_qty{{ ago }}
        + recent.put_sell_qty{{ ago }} as option_qty{{ ago }},
        {% endfor %}
        recent.used_since,
        recent.bucket_end,
        recent.level_id,
        recent."offset",
        recent.gex_gross,
        {{ exposure.part('recent.gex_gross', 'ladders.ladder_gex') }} as gex_share,
        beta(recent.gex_call, recent.gex_put) as gex_net_ratio
    from recent
    inner join ladders using (bucket_end, level_id)
),

lagged as (
    select
        {{ pressure.lags(pressure.LADDER_FLOWS) }}
        *
    from defined
    window series as (
        partition by level_id, used_since, "offset"
        order by bucket_end
    )
),

shown as (
    select
        rungs.bucket_end,
        rungs.level_id,
        rungs."offset",
        lagged.* exclude (bucket_end, level_id, "offset")
    from rungs
    left join lagged using (bucket_end, level_id, "offset")
)

select
    bucket_end,
    level_id,
    "offset",
    gex_gross,
    gex_share,
    gex_net_ratio,
    {% for ago in ('', '_60s') %}
    call_pressure{{ ago }},
    put_pressure{{ ago }},
    long_share{{ ago }},
    short_share{{ ago }},
    option_qty{{ ago }},
    {% endfor %}
    {{ pressure.differences(pressure.LADDER_FLOWS) }}
from shown
