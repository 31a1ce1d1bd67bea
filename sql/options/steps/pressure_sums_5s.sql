{#---
doc: >
  What the strikes around a price near a level hold together, for a set of expiries: each strike
  counts by how near it is. A ratio is over the strikes that have both its sides, a hedge over those
  that have all. Sums come out the same to the bit, whatever their order.
grain: [bucket_end, level_id, offset, expiry_set]
as_of: bucket_end
columns:
  offset:            TINYINT | -2..2     | gaps between strikes from the level, positive above it
  is_usd_known:      BOOLEAN | flag      | hedge_usd is known of every strike
  are_futures_known: BOOLEAN | flag      | hedge_futures is known of every strike
  call_buy_qty:      DOUBLE  | contracts | calls that a buyer crossed for
  call_sell_qty:     DOUBLE  | contracts | calls that a seller crossed for
  put_buy_qty:       DOUBLE  | contracts | puts that a buyer crossed for
  put_sell_qty:      DOUBLE  | contracts | puts that a seller crossed for
  unsided_qty:       DOUBLE  | contracts | calls and puts without a side
  bid_add_qty:       DOUBLE  | contracts | bids that came
  bid_pull_qty:      DOUBLE  | contracts | bids that went untraded
  ask_add_qty:       DOUBLE  | contracts | asks that came
  ask_pull_qty:      DOUBLE  | contracts | asks that went untraded
  traded_so_far_qty: DOUBLE  | contracts | traded since the overnight open, of strikes whose open interest is known
  oi:                DOUBLE  | contracts | open interest of strikes whose trades are known
  lean_value:        DOUBLE  | points    | vega times the lean of the strike's vol
  half_spread:       DOUBLE  | points    | vega times half the spread in vol, of strikes that have a lean
  iv_change_value:   DOUBLE  | points    | vega times the relative change of vol
  moved_vega:        DOUBLE  | points    | vega of strikes whose vol changed
---#}
{% import 'macros/exposure.sql' as exposure %}
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
    select unnest({{ exposure.PLACES }})::tinyint as "offset"
),

weighed as (
    select
        near.*,
        offsets."offset",
        near.level_price + offsets."offset" * near.step as centre,
        {{ exposure.weighed('near', 'centre') }} as weight
    from options.strikes_near_levels_5s as near
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
)

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
