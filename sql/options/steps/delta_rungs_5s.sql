{#---
doc: >
  Futures that dealers have to trade in each step of the ladder around a level for the strikes whose vol
  is not wide beside a step, near their expiry: the change of their delta, per point. The others are in
  gamma_rungs_5s. A step that reaches below 0 has no row.
grain: [bucket_end, level_id, is_0dte, offset]
as_of: bucket_end
columns:
  is_0dte: BOOLEAN | flag       | of strikes that expire on the session's date, or of the others
  naive:   DOUBLE  | futures/pt | for calls less puts of the open interest
  flow:    DOUBLE  | futures/pt | for what customers sold less what they bought, null where none of it is known
---#}
{% import 'macros/exposure.sql' as exposure %}
with offsets as (
    select unnest({{ exposure.LADDER }})::tinyint as "offset"
),

sharp as (
    select
        strikes.expiry,
        strikes.strike,
        strikes.days,
        strikes.d1,
        strikes.per_vol,
        strikes.naive,
        strikes.flow,
        ladders.bucket_end,
        ladders.level_id,
        ladders.price,
        ladders.step,
        ladders.front_forward
    from options.held_strikes_5s as strikes
    inner join options.ladder_prices_5s as ladders using (bucket_end)
    where
        not {{ exposure.is_wide('strikes', 'ladders') }}
        and (strikes.naive <> 0 or strikes.flow <> 0)
),

stepped as (
    select
        sharp.*,
        offsets."offset",
        sharp.price + (offsets."offset" - 0.5) * sharp.step as low,
        sharp.price + (offsets."offset" + 0.5) * sharp.step as high
    from sharp
    cross join offsets
),

moved as (
    select
        *,
        d1 + per_vol * ln(low / front_forward) as d1_low,
        d1 + per_vol * ln(high / front_forward) as d1_high
    from stepped
    where low > 0
),

-- a put's delta is a call's less what no move changes
changes as (
    select
        *,
        (norm_cdf(d1_low) - norm_cdf(d1_high)) / step as change
    from moved
    -- beyond nine standard deviations delta is 0 or all of it to the last bit
    where least(abs(d1_low), abs(d1_high)) < 9 or d1_low * d1_high < 0
)
-- what the position gains of delta, dealers sell
select
    bucket_end,
    level_id,
    days = 0 as is_0dte,
    "offset",
    {{ exposure.sum_in_order('naive * change', 'expiry, strike') }} as naive,
    {{ exposure.sum_in_order('flow * change', 'expiry, strike') }} as flow
from changes
group by bucket_end, level_id, days = 0, "offset"
