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
  forward:              DOUBLE  | points     | price of the session's contract
  gex_total:            DOUBLE  | $/1%       | naive exposure of every strike where it is known
  gex_gross:            DOUBLE  | $/1%       | calls and puts of those strikes together
  gex_flow:             DOUBLE  | $/1%       | exposure of the flow since the overnight open
  gex_volume:           DOUBLE  | $/1%       | calls less puts of what traded since the overnight open, whoever bought
  gex_volume_gross:     DOUBLE  | $/1%       | calls and puts of what traded since the overnight open
  gex_share_0dte:       DOUBLE  | 0..1       | of gex_gross the part of the day's expiries, 0 where none is listed
  vanna_total:          DOUBLE  | $/vol pt   | naive change of delta when vol rises by 0.01
  charm_total:          DOUBLE  | $/day      | naive change of delta as a day of 24 hours passes
  delta_total:          DOUBLE  | $          | naive delta, of calls held less that of puts sold
  zero_gamma:           DOUBLE  | points     | price nearest to the forward at which the naive exposure changes its sign
  zero_gamma_net_flow:  DOUBLE  | points     | the same of naive plus flow, null before the first option trade
  call_wall_gex:        DOUBLE  | points     | strike with the most gamma of calls
  call_wall_gex_2:      DOUBLE  | points     | the one with the second most
  call_wall_gex_3:      DOUBLE  | points     | the one with the third most
  call_wall_gex_strike: DOUBLE  | points     | call_wall_gex as it is listed
  call_wall_gex_future: VARCHAR | text       | venue symbol of the future that it is of
  put_wall_gex:         DOUBLE  | points     | strike with the most gamma of puts
  put_wall_gex_2:       DOUBLE  | points     | the one with the second most
  put_wall_gex_3:       DOUBLE  | points     | the one with the third most
  put_wall_gex_strike:  DOUBLE  | points     | put_wall_gex as it is listed
  put_wall_gex_future:  VARCHAR | text       | venue symbol of the future that it is of
  call_wall_above:      DOUBLE  | points     | the same of calls, at or above the forward
  put_wall_below:       DOUBLE  | points     | the same of puts, at or below the forward
  call_wall_oi:         DOUBLE  | points     | strike with the most open interest of calls
  put_wall_oi:          DOUBLE  | points     | strike with the most open interest of puts
  call_wall_net_flow:   DOUBLE  | points     | strike with the most gamma of calls held after the flow
  put_wall_net_flow:    DOUBLE  | points     | strike with the most gamma of puts owed after the flow
  abs_gamma_strike:     DOUBLE  | points     | strike with the most gamma of calls and puts
  atm_iv:               DOUBLE  | 0.2 = 20 % | implied vol at the money of the set's nearest expiry
  sigma_rem:            DOUBLE  | ratio      | standard deviation of the way to that expiry, atm_iv x sqrt(t_years)
  n_strikes:            BIGINT  | strikes    | listed, counted per expiry
  n_known:              BIGINT  | strikes    | of these the ones with an exposure
---#}
{% import 'macros/exposure.sql' as exposure %}
{% import 'macros/options.sql' as options with context %}
{% set of_all = {
    'gex_total': 'gex_net',
    'gex_gross': 'gex_gross',
    'gex_flow': 'gex_flow',
    'gex_volume': 'gex_volume_call - gex_volume_put',
    'gex_volume_gross': 'gex_volume_call + gex_volume_put',
    'vanna_total': 'vanna_net',
    'charm_total': 'charm_net',
    'delta_total': 'delta_net',
} %}
{% set of_day = 'if(of_day.bucket_end is null, 0, of_day.gex_gross)' %}
{% set walls = {
    'call_gex': 'call_wall_gex',
    'put_gex': 'put_wall_gex',
    'call_above': 'call_wall_above',
    'put_below': 'put_wall_below',
    'call_oi': 'call_wall_oi',
    'put_oi': 'put_wall_oi',
    'call_net_flow': 'call_wall_net_flow',
    'put_net_flow': 'put_wall_net_flow',
    'abs_gamma': 'abs_gamma_strike',
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

profiles as (
    select
        bucket_end,
        expiry_set,
        max(forward) as forward,
        {{ exposure.sums(of_all) }},
        sum(n_strikes)::bigint as n_strikes,
        sum(n_known)::bigint as n_known
    from anchored
    group by bucket_end, expiry_set
),

walls as (
    select
        {% for wall, name in walls.items() %}
        max(price) filter (where wall = '{{ wall }}' and place = 1) as {{ name }},
        {% endfor %}
        {% for wall in ('call_gex', 'put_gex') %}
        {% for place in (2, 3) %}
        max(price) filter (where wall = '{{ wall }}' and place = {{ place }})
            as {{ walls[wall] }}_{{ place }},
        {% endfor %}
        max(strike) filter (where wall = '{{ wall }}' and place = 1) as {{ walls[wall] }}_strike,
        max(underlying) filter (where wall = '{{ wall }}' and place = 1)
            as {{ walls[wall] }}_future,
        {% endfor %}
        bucket_end,
        expiry_set
    from options.walls_5s
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
        on {{ options.days('atm_5s.expiry') }} <= expiry_sets.last_day
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
    profiles.gex_volume,
    profiles.gex_volume_gross,
    if(
        profiles.gex_gross is null,
        null,
        {{ exposure.part(of_day, 'profiles.gex_gross') }}
    ) as gex_share_0dte,
    profiles.vanna_total,
    profiles.charm_total,
    profiles.delta_total,
    profiles.forward * (1 + zero_gamma_5s.naive / 1000) as zero_gamma,
    profiles.forward * (1 + zero_gamma_5s.net_flow / 1000) as zero_gamma_net_flow,
    {% for name in walls.values() %}
    walls.{{ name }},
    {% endfor %}
    {% for wall in ('call_gex', 'put_gex') %}
    {% for of in ('2', '3', 'strike', 'future') %}
    walls.{{ walls[wall] }}_{{ of }},
    {% endfor %}
    {% endfor %}
    nearest.atm_iv,
    nearest.t_years,
    nearest.atm_iv * sqrt(nearest.t_years) as sigma_rem,
    profiles.n_strikes,
    profiles.n_known
from profiles
left join profiles as of_day
    on profiles.bucket_end = of_day.bucket_end and of_day.expiry_set = '0dte'
left join options.zero_gamma_5s
    on
        profiles.bucket_end = zero_gamma_5s.bucket_end
        and profiles.expiry_set = zero_gamma_5s.expiry_set
left join walls
    on profiles.bucket_end = walls.bucket_end and profiles.expiry_set = walls.expiry_set
left join nearest
    on profiles.bucket_end = nearest.bucket_end and profiles.expiry_set = nearest.expiry_set
order by profiles.bucket_end, profiles.expiry_set
