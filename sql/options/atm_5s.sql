{#---
doc: >
  Implied vol at the money of each expiry: that of the strikes below and above the forward, linear
  between them. No row where one of the two is missing.
grain: [session, bucket_end, expiry]
as_of: bucket_end
columns:
  iv: DOUBLE | 0.2 = 20 % | implied vol at the forward
---#}
with around as (
    select
        bucket_end,
        expiry,
        max(forward) as forward,
        max(t_years) as t_years,
        max(strike) filter (where strike <= forward) as strike_below,
        min(strike) filter (where strike > forward) as strike_above,
        arg_max(iv, strike) filter (where strike <= forward) as iv_below,
        arg_min(iv, strike) filter (where strike > forward) as iv_above
    from options.vols_5s
    where iv > 0 and expiry > bucket_end
    group by bucket_end, expiry
)

select
    date '{{ session }}' as session,
    bucket_end,
    expiry,
    forward,
    t_years,
    iv_below + (iv_above - iv_below) * (forward - strike_below) / (strike_above - strike_below)
        as iv
from around
where strike_below is not null and strike_above is not null
order by bucket_end, expiry
