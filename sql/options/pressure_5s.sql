{#---
doc: >
  Pressure of options at five prices around each level, a gap between strikes apart, for three sets
  of expiries: exposure, flow, quotes and vol, each as a ratio beside what it is over, with its
  first, second and third difference. A strike counts for the prices around it by how near it is, so
  nothing jumps as a level moves. Features of the whole chain (distances) are the same at every price.
  Suffix _60s takes the last twelve buckets together. Null where there is nothing to compare, and a
  difference where a value before is null; no rows in sessions without options.
grain: [session, instrument_id, bucket_end, level_id, offset, expiry_set]
as_of: bucket_end
columns:
  instrument_id: UINTEGER | id     | the session's contract
  offset:        TINYINT  | -2..2  | gaps between strikes from the level, positive above it
  price:         DOUBLE   | points | level + offset x step
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/exposure.sql' as exposure %}
{% set ratios = features['options.pressure_5s'] %}
{% set series = 'level_id, used_since, "offset", expiry_set' %}
{% set flows = ['call_buy_qty', 'call_sell_qty', 'put_buy_qty', 'put_sell_qty'] %}
{% set premiums = [
    'call_buy_premium', 'call_sell_premium', 'put_buy_premium', 'put_sell_premium'
] %}
{% set terms = {
    'gex_call': 'weight * gex_call',
    'gex_put': 'weight * gex_put',
    'gex_gross': 'weight * gex_gross',
    'charm_net': 'weight * charm_net',
    'call_buy_qty': 'weight * call_buy_qty',
    'call_sell_qty': 'weight * call_sell_qty',
    'put_buy_qty': 'weight * put_buy_qty',
    'put_sell_qty': 'weight * put_sell_qty',
    'unsided_qty': 'weight * unsided_qty',
    'call_buy_premium': 'weight * call_buy_premium',
    'call_sell_premium': 'weight * call_sell_premium',
    'put_buy_premium': 'weight * put_buy_premium',
    'put_sell_premium': 'weight * put_sell_premium',
    'bid_add_qty': 'weight * bid_add_qty',
    'bid_pull_qty': 'weight * bid_pull_qty',
    'ask_add_qty': 'weight * ask_add_qty',
    'ask_pull_qty': 'weight * ask_pull_qty',
    'traded_so_far_qty': 'if(oi is null, null, weight * traded_so_far_qty)',
    'oi': 'if(traded_so_far_qty is null, null, weight * oi)',
    'hedge_usd': 'weight * hedge_usd',
    'hedge_futures': 'weight * hedge_futures',
    'lean_value': 'weight * vega * lean',
    'half_spread': 'if(lean is null, null, weight * vega * iv_unc)',
    'iv_change_value': 'weight * vega * iv_change',
    'moved_vega': 'if(iv_change is null, null, weight * vega)',
} %}
with offsets as (
    select unnest([-2, -1, 0, 1, 2])::tinyint as "offset"
),

weighed as (
    select
        strikes_near_levels_5s.*,
        offsets."offset",
        strikes_near_levels_5s.level_price + offsets."offset" * strikes_near_levels_5s.step as centre,
        {{ exposure.weighed('centre', 'strikes_near_levels_5s.step') }} as weight
    from options.strikes_near_levels_5s
    cross join offsets
    where weight > 0
),

members as (
    select
        weighed.*,
        expiry_sets.expiry_set
    from weighed
    inner join options.expiry_sets on weighed.days <= expiry_sets.last_day
),

anchors as (
    select
        bucket_end,
        level_id,
        "offset",
        expiry_set,
        {{ exposure.anchors(terms) }}
    from members
    group by bucket_end, level_id, "offset", expiry_set
),

-- a ratio is over the strikes that have both its sides, a hedge over those that have all
sums as (
    select
        bucket_end,
        level_id,
        "offset",
        expiry_set,
        count(members.hedge_usd) = count(*) as is_usd_known,
        count(members.hedge_futures) = count(*) as are_futures_known,
        {{ exposure.sums(terms) }}
    from members
    inner join anchors using (bucket_end, level_id, "offset", expiry_set)
    group by bucket_end, level_id, "offset", expiry_set
),

-- once for the five prices of a level: a window would add them up for each
across as (
    select
        bucket_end,
        level_id,
        expiry_set,
        {{ exposure.sum_in_order('if("offset" > 0, gex_gross, 0)', '"offset"') }} as gex_above,
        {{ exposure.sum_in_order('if("offset" < 0, gex_gross, 0)', '"offset"') }} as gex_below,
        {{ exposure.sum_in_order('gex_gross', '"offset"') }} as gex_around
    from sums
    group by bucket_end, level_id, expiry_set
),

placed as (
    select
        levels_5s.*,
        offsets."offset",
        expiry_sets.expiry_set
    from pressure.levels_5s
    cross join offsets
    cross join options.expiry_sets
    where exists (from options.contracts)
),

joined as (
    select
        placed.*,
        strike_steps_5s.step,
        sums.* exclude (bucket_end, level_id, "offset", expiry_set, hedge_usd, hedge_futures),
        if(sums.is_usd_known, sums.hedge_usd, null) as hedge_usd,
        if(sums.are_futures_known, sums.hedge_futures, null) as hedge_futures,
        across.gex_above,
        across.gex_below,
        across.gex_around,
        gex_profile_5s.forward,
        gex_profile_5s.gex_gross as chain_gex_gross,
        gex_profile_5s.zero_gamma,
        gex_profile_5s.call_wall_gex,
        gex_profile_5s.put_wall_gex,
        nullif(gex_profile_5s.sigma_rem, 0) as sigma_rem,
        bbo_5s.bid_qty + bbo_5s.ask_qty as touch_qty
    from placed
    left join options.strike_steps_5s using (bucket_end, level_id)
    left join sums using (bucket_end, level_id, "offset", expiry_set)
    left join across using (bucket_end, level_id, expiry_set)
    left join options.gex_profile_5s using (bucket_end, expiry_set)
    left join market.bbo_5s using (bucket_end)
),

around as (
    select
        *,
        {% for name in flows + premiums %}
            if(count(*) over minute = 12, {{ exposure.sum_along(name, 'minute') }}, null)
                as {{ name }}_60s,
        {% endfor %}
        call_buy_qty + call_sell_qty + put_buy_qty + put_sell_qty + unsided_qty as traded_qty,
        -- a bucket weighs e times less every five minutes, that is every 60 of them
        (epoch(bucket_end)::bigint - {{ window_start_ns // 1000000000 }}) // 300 as five_minutes,
        exp((epoch(bucket_end) - {{ window_start_ns // 1000000000 }}) / 300) as lateness
    from joined
    window minute as (
        partition by {{ series }}
        order by bucket_end
        rows between 11 preceding and current row
    )
),

-- what came before is the five minutes so far after all those that are over
so_far as (
    select
        *,
        if(traded_qty is null, null, lateness) as known_lateness,
        {{ exposure.sum_along('lateness * traded_qty', 'before') }} as late_qty,
        {{ exposure.sum_along('known_lateness', 'before') }} as lateness_so_far
    from around
    window before as (
        partition by {{ series }}, five_minutes
        order by bucket_end
        rows between unbounded preceding and 1 preceding
    )
),

over_by_then as (
    select
        {{ series }},
        five_minutes,
        {{ exposure.sum_in_order('lateness * traded_qty', 'bucket_end') }} as late_qty,
        {{ exposure.sum_in_order('known_lateness', 'bucket_end') }} as lateness
    from so_far
    group by {{ series }}, five_minutes
),

before as (
    select
        {{ series }},
        five_minutes,
        {{ exposure.sum_along('late_qty', 'earlier') }} as late_qty_before,
        {{ exposure.sum_along('lateness', 'earlier') }} as lateness_before
    from over_by_then
    window earlier as (
        partition by {{ series }}
        order by five_minutes
        rows between unbounded preceding and 1 preceding
    )
),

averaged as (
    select
        so_far.*,
        (coalesce(before.late_qty_before, 0) + coalesce(so_far.late_qty, 0))
        / nullif(coalesce(before.lateness_before, 0) + coalesce(so_far.lateness_so_far, 0), 0)
            as usual_qty
    from so_far
    inner join before using ({{ series }}, five_minutes)
),

defined as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        used_since,
        "offset",
        expiry_set,
        price + "offset" * step as centre,
        {{ pressure.values(ratios) }}
        step
    from averaged
),

lagged as (
    select
        {{ pressure.lags(ratios) }}
        *
    from defined
    window series as (
        partition by {{ series }}
        order by bucket_end
    )
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    "offset",
    expiry_set,
    centre as price,
    step,
    {{ pressure.differences(ratios) }}
from lagged
order by bucket_end, level_id, "offset", expiry_set
