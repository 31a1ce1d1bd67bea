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
  session:       DATE      | date   | New York trading date
  instrument_id: UINTEGER  | id     | the session's contract
  bucket_end:    TIMESTAMP | UTC    | exclusive end of the 5 s bucket
  level_id:      VARCHAR   | text   | level
  offset:        TINYINT   | -2..2  | gaps between strikes from the level, positive above it
  expiry_set:    VARCHAR   | text   | 0dte, 5d or all
  price:         DOUBLE    | points | level + offset x step
  step:          DOUBLE    | points | gap between the strikes around the level
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/exposure.sql' as exposure %}
{%- set ratios = features['options.pressure_5s'] %}
{%- set series = 'level_id, used_since, "offset", expiry_set' %}
{%- set flows = ['call_buy_qty', 'call_sell_qty', 'put_buy_qty', 'put_sell_qty'] %}
{%- set premiums = [
    'call_buy_premium', 'call_sell_premium', 'put_buy_premium', 'put_sell_premium'
] %}
with offsets as (
    select unnest([-2, -1, 0, 1, 2])::tinyint as "offset"
),

weighed as (
    select
        around_5s.*,
        offsets."offset",
        around_5s.level_price + offsets."offset" * around_5s.step as centre,
        {{ exposure.weighed('centre', 'around_5s.step') }} as weight
    from options.around_5s
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

sums as (
    select
        bucket_end,
        level_id,
        "offset",
        expiry_set,
        {{ exposure.sums(exposure.amounts) }}
        -- a ratio is over the strikes that have both its sides, a hedge over those that have all
        sum(weight * traded_so_far_qty) filter (where oi is not null) as traded_so_far_qty,
        sum(weight * oi) filter (where traded_so_far_qty is not null) as oi,
        if(count(hedge_usd) = count(*), sum(weight * hedge_usd), null) as hedge_usd,
        if(count(hedge_futures) = count(*), sum(weight * hedge_futures), null) as hedge_futures,
        sum(weight * vega * lean) as lean_value,
        sum(weight * vega * iv_unc) filter (where lean is not null) as half_spread,
        sum(weight * vega * iv_change) as iv_change_value,
        sum(weight * vega) filter (where iv_change is not null) as moved_vega
    from members
    group by bucket_end, level_id, "offset", expiry_set
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
        sums.* exclude (bucket_end, level_id, "offset", expiry_set),
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
    left join options.gex_profile_5s using (bucket_end, expiry_set)
    left join market.bbo_5s using (bucket_end)
),

around as (
    select
        *,
        sum(if("offset" > 0, gex_gross, 0)) over level as gex_above,
        sum(if("offset" < 0, gex_gross, 0)) over level as gex_below,
        sum(gex_gross) over level as gex_around,
        {% for name in flows + premiums -%}
            if(count(*) over minute = 12, sum({{ name }}) over minute, null) as {{ name }}_60s,
        {% endfor -%}
        call_buy_qty + call_sell_qty + put_buy_qty + put_sell_qty + unsided_qty as traded_qty,
        -- a bucket weighs e times less every five minutes
        exp((epoch(bucket_end) - {{ window_start_ns // 1000000000 }}) / 300) as lateness
    from joined
    window
        level as (partition by bucket_end, level_id, expiry_set),
        minute as (
            partition by {{ series }}
            order by bucket_end
            rows between 11 preceding and current row
        )
),

averaged as (
    select
        *,
        sum(lateness * traded_qty) over before
        / sum(lateness) filter (where traded_qty is not null) over before as usual_qty
    from around
    window before as (
        partition by {{ series }}
        order by bucket_end
        rows between unbounded preceding and 1 preceding
    )
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
