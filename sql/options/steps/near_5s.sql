{#---
doc: >
  Which listed strikes count as near each level, with their exposure: from four steps of the strikes
  below it to four above, and at least as far as the ladder goes.
grain: [bucket_end, level_id, expiry, strike]
as_of: bucket_end
columns:
  gex_call: DOUBLE | $/1%      | gamma of the calls, null where that of the puts is not known
  gex_put:  DOUBLE | $/1%      | gamma of the puts, null where that of the calls is not known
  oi:       BIGINT | contracts | open interest of calls and puts
---#}
select
    strike_steps_5s.bucket_end,
    strike_steps_5s.level_id,
    gex_5s.expiry,
    gex_5s.strike,
    strike_steps_5s.price as level_price,
    strike_steps_5s.step,
    gex_5s.front_strike,
    gex_5s.days,
    if(gex_5s.gex_gross is null, null, gex_5s.gex_call) as gex_call,
    if(gex_5s.gex_gross is null, null, gex_5s.gex_put) as gex_put,
    gex_5s.gex_gross,
    gex_5s.charm_net,
    gex_5s.oi_call + gex_5s.oi_put as oi
from options.strike_steps_5s
cross join market.fronts
inner join options.gex_5s
    on
        strike_steps_5s.bucket_end = gex_5s.bucket_end
        and abs(gex_5s.front_strike - strike_steps_5s.price) <= greatest(
            4 * strike_steps_5s.step,
            strike_steps_5s.step + {{ 5 * band_ticks + 1 }} * fronts.tick_size
        )
