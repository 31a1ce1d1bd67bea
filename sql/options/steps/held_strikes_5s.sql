{#---
doc: >
  What reprices every strike that is known at the end of a bucket, its vol held, were the futures
  elsewhere: all of them move by the same percentage. Once they are at some multiple of their price, d1
  is the one here plus per_vol times the log of the multiple. Of a position the strike counts by what
  stands beside the density of the normal distribution there.
grain: [bucket_end, expiry, strike]
as_of: bucket_end
columns:
  front_forward: DOUBLE | points  | price of the session's contract
  d1:            DOUBLE | ratio   | of Black's model, at the forward
  per_vol:       DOUBLE | ratio   | 1 over the vol to the expiry, vol times root of years
  gex_naive:     DOUBLE | $/1%    | naive exposure over the density, null where open interest is not known
  gex_net_flow:  DOUBLE | $/1%    | the same of naive plus flow, null before the first option trade too
  naive:         DOUBLE | futures | calls less puts of the open interest, discounted
  flow:          DOUBLE | futures | calls and puts that customers sold less what they bought, discounted
---#}
with joined as (
    select
        gex_5s.*,
        vols_5s.df,
        1 / (vols_5s.iv * sqrt(vols_5s.t_years)) as per_vol,
        ln(vols_5s.forward / vols_5s.strike) * per_vol + 0.5 / per_vol as d1,
        -- gamma times price squared is price times the density at d1
        0.01 * vols_5s.df * vols_5s.forward * per_vol / sqrt(2 * pi()) as unit
    from options.gex_5s
    inner join options.vols_5s using (bucket_end, expiry, strike)
    where vols_5s.iv is not null
)

select
    bucket_end,
    days,
    expiry,
    strike,
    front_forward,
    d1,
    per_vol,
    unit * (value_call - value_put) as gex_naive,
    unit * (value_call - value_put - value_bought) as gex_net_flow,
    df * if(gex_net is null, null, oi_call - oi_put) as naive,
    df * -bought_qty as flow
from joined
