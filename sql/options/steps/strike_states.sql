{#---
doc: >
  What is known of each listed strike, whatever is quoted: its open interest and what has been traded
  of it since the overnight open. A row for each time that either changes.
grain: [expiry, strike, known_at]
as_of: known_at
columns:
  underlying_id: UINTEGER  | id        | instrument number of the future; where contracts deliver two, the higher
  multiplier:    DOUBLE    | $/pt      | value of one point; of two at a strike the larger
  bought_qty:    BIGINT    | contracts | calls and puts bought less those sold, by those who crossed, null before the first trade
  known_at:      TIMESTAMP | UTC       | end of the bucket in which it changed, the window's start for those before
  known_until:   TIMESTAMP | UTC       | the same of the next change, null where there is none
---#}
with moments as (
    select
        expiry,
        strike,
        known_at
    from options.strike_interest
    union
    select
        expiry,
        strike,
        bucket_end as known_at
    from options.positions_5s
)

select
    moments.expiry,
    moments.strike,
    strike_interest.underlying_id,
    strike_interest.multiplier,
    strike_interest.oi_call,
    strike_interest.oi_put,
    strike_interest.value_call,
    strike_interest.value_put,
    positions_5s.bought_qty,
    positions_5s.value_call_bought,
    positions_5s.value_put_bought,
    positions_5s.value_call_traded,
    positions_5s.value_put_traded,
    moments.known_at,
    lead(moments.known_at) over (
        partition by moments.expiry, moments.strike
        order by moments.known_at
    ) as known_until
from moments
-- no row before the strike is listed
asof inner join options.strike_interest using (expiry, strike, known_at)
asof left join options.positions_5s
    on
        moments.expiry = positions_5s.expiry
        and moments.strike = positions_5s.strike
        and moments.known_at >= positions_5s.bucket_end
