{#---
doc: >
  Gamma exposure of the whole chain in three sets of expiries, those of the day, of the next five
  days with it, and all: its sum, where it changes its sign, and the strikes that hold most. A wall
  is the strike with the largest gamma, or the largest open interest, of calls or of puts; the
  absolute gamma strike that with the most of both. Prices in points of the session's contract. Null
  where nothing is known, and where there is no sign change within 10 % of the forward.
grain: [session, bucket_end, expiry_set]
as_of: bucket_end
columns:
  forward:          DOUBLE | points     | price of the session's contract
  gex_total:        DOUBLE | $/1%       | naive exposure of every strike where it is known
  gex_gross:        DOUBLE | $/1%       | calls and puts of those strikes together
  gex_flow:         DOUBLE | $/1%       | exposure of the flow since the overnight open
  zero_gamma:       DOUBLE | points     | price nearest to the forward at which the naive exposure changes its sign
  call_wall_gex:    DOUBLE | points     | strike with the most gamma of calls
  put_wall_gex:     DOUBLE | points     | strike with the most gamma of puts
  call_wall_above:  DOUBLE | points     | the same of calls, at or above the forward
  put_wall_below:   DOUBLE | points     | the same of puts, at or below the forward
  call_wall_oi:     DOUBLE | points     | strike with the most open interest of calls
  put_wall_oi:      DOUBLE | points     | strike with the most open interest of puts
  abs_gamma_strike: DOUBLE | points     | strike with the most gamma of calls and puts
  atm_iv:           DOUBLE | 0.2 = 20 % | implied vol at the money of the set's nearest expiry
  sigma_rem:        DOUBLE | ratio      | standard deviation of the way to that expiry, atm_iv x sqrt(t_years)
  n_strikes:        BIGINT | strikes    | listed, counted per expiry
  n_known:          BIGINT | strikes    | of these the ones with an exposure
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set of_all = {
    'gex_total': 'gex_net',
    'gex_gross': 'gex_gross',
    'gex_flow': 'gex_flow',
} %}
with whole_anchors as (
    select
        bucket_end,
        expiry_set,
        {{ exposure.anchors(of_all) }}
    from options.gex_by_strike_5s
    group by bucket_end, expiry_set
),

anchored as (
    select
        strikes.*,
        whole_anchors.* exclude (bucket_end, expiry_set)
    from options.gex_by_strike_5s as strikes
    inner join whole_anchors using (bucket_end, expiry_set)
),

-- of strikes that hold the same, the one nearest to the forward is the wall
profiles as (
    select
        bucket_end,
        expiry_set,
        max(forward) as forward,
        {{ exposure.sums(of_all) }},
        {{ exposure.wall('gex_call', 'front_strike') }} as call_wall_gex,
        {{ exposure.wall('gex_put', '-front_strike') }} as put_wall_gex,
        {{ exposure.wall('gex_call', 'front_strike', 'front_strike >= forward') }}
            as call_wall_above,
        {{ exposure.wall('gex_put', '-front_strike', 'front_strike <= forward') }}
            as put_wall_below,
        {{ exposure.wall('oi_call', 'front_strike') }} as call_wall_oi,
        {{ exposure.wall('oi_put', '-front_strike') }} as put_wall_oi,
        {{ exposure.wall('gex_gross', 'front_strike') }} as abs_gamma_strike,
        sum(n_strikes)::bigint as n_strikes,
        sum(n_known)::bigint as n_known
    from anchored
    group by bucket_end, expiry_set
),

nearest as (
    select
        atm_5s.bucket_end,
        expiry_sets.expiry_set,
        -- the nearest expiry, which is what a set trades by
        arg_min(atm_5s.iv, atm_5s.expiry) as atm_iv,
        arg_min(atm_5s.t_years, atm_5s.expiry) as t_years
    from options.atm_5s
    inner join options.expiry_sets
        on atm_5s.expiry::date - date '{{ session }}' <= expiry_sets.last_day
    group by atm_5s.bucket_end, expiry_sets.expiry_set
)

select
    date '{{ session }}' as session,
    profiles.bucket_end,
    profiles.expiry_set,
    profiles.forward,
    profiles.gex_total,
    profiles.gex_gross,
    profiles.gex_flow,
    profiles.forward * (1 + zero_gamma_5s.node / 1000) as zero_gamma,
    profiles.call_wall_gex,
    profiles.put_wall_gex,
    profiles.call_wall_above,
    profiles.put_wall_below,
    profiles.call_wall_oi,
    profiles.put_wall_oi,
    profiles.abs_gamma_strike,
    nearest.atm_iv,
    nearest.t_years,
    nearest.atm_iv * sqrt(nearest.t_years) as sigma_rem,
    profiles.n_strikes,
    profiles.n_known
from profiles
left join options.zero_gamma_5s using (bucket_end, expiry_set)
left join nearest using (bucket_end, expiry_set)
order by profiles.bucket_end, profiles.expiry_set
