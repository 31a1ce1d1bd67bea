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
{% import 'macros/time.sql' as time with context %}
{% import 'macros/exposure.sql' as exposure %}
{% set ratios = features['options.pressure_5s'] %}
-- once for the five prices of a level: a window would add them up for each
with beside as (
    select
        {% for at in exposure.PLACES %}
        max(gex_gross) filter (where "offset" = {{ at }}) as gex_{{ loop.index }},
        {% endfor %}
        bucket_end,
        level_id,
        expiry_set
    from options.pressure_sums_5s
    group by bucket_end, level_id, expiry_set
),

-- in the order of prices, so that sums are the same to the bit
across as (
    select
        bucket_end,
        level_id,
        expiry_set,
        coalesce(gex_4, 0) + coalesce(gex_5, 0) as gex_above,
        coalesce(gex_1, 0) + coalesce(gex_2, 0) as gex_below,
        list_sum([gex_1, gex_2, gex_3, gex_4, gex_5]) as gex_around
    from beside
),

-- by themselves: a window carries along all that its rows hold
minutes as (
    select
        {% for name in exposure.FLOW_QTY + exposure.FLOW_PREMIUM %}
        {{ time.pooled(exposure.sum_along('sums.' ~ name, 'minute')) }} as {{ name }}_60s,
        {% endfor %}
        places.bucket_end,
        places.level_id,
        places."offset",
        places.expiry_set
    from options.pressure_places_5s as places
    left join options.pressure_sums_5s as sums using (bucket_end, level_id, "offset", expiry_set)
    window minute as (
        partition by places.level_id, places.used_since, places."offset", places.expiry_set
        order by places.bucket_end
        {{ time.last_minute() }}
    )
),

joined as (
    select
        places.*,
        strike_steps_5s.step,
        sums.* exclude (bucket_end, level_id, "offset", expiry_set, hedge_usd, hedge_futures),
        if(sums.is_usd_known, sums.hedge_usd, null) as hedge_usd,
        if(sums.are_futures_known, sums.hedge_futures, null) as hedge_futures,
        minutes.* exclude (bucket_end, level_id, "offset", expiry_set),
        usual_flow_5s.traded_qty,
        usual_flow_5s.usual_qty,
        across.gex_above,
        across.gex_below,
        across.gex_around,
        gex_profile_5s.forward,
        gex_profile_5s.gex_gross as chain_gex_gross,
        gex_profile_5s.zero_gamma,
        gex_profile_5s.call_wall_gex,
        gex_profile_5s.put_wall_gex,
        nullif(gex_profile_5s.sigma_rem, 0) as sigma_rem,
        bbo_5s.bid_qty + bbo_5s.ask_qty as touch_qty,
        places.level_price + places."offset" * strike_steps_5s.step as price
    from options.pressure_places_5s as places
    left join options.strike_steps_5s using (bucket_end, level_id)
    left join options.pressure_sums_5s as sums using (bucket_end, level_id, "offset", expiry_set)
    left join minutes using (bucket_end, level_id, "offset", expiry_set)
    left join options.usual_flow_5s using (bucket_end, level_id, "offset", expiry_set)
    left join across using (bucket_end, level_id, expiry_set)
    left join options.gex_profile_5s using (bucket_end, expiry_set)
    left join market.bbo_5s using (bucket_end)
),

ordered as (
    select
        *,
        {{ time.buckets_since('used_since') }} as n_before
    from joined
    order by level_id, used_since, "offset", expiry_set, bucket_end
),

defined as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        n_before,
        "offset",
        expiry_set,
        price,
        {{ pressure.values(ratios) }}
        step
    from ordered
),

lagged as (
    select
        {{ pressure.lags(ratios, of_rows_in_order=true) }}
        *
    from defined
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    "offset",
    expiry_set,
    price,
    step,
    {{ pressure.differences(ratios) }}
from lagged
