{#---
doc: >
  What is known of each listed strike, whatever is quoted: its open interest and what has been traded
  of it since the overnight open. A row for each time that either changes.
grain: [expiry, strike, known_at]
as_of: known_at
columns:
  underlying_id:     UINTEGER  | id        | instrument number of the future; where contracts deliver two, the higher
  multiplier:        DOUBLE    | $/pt      | value of one point; of two at a strike the larger
  oi_call:           BIGINT    | contracts | open interest of calls, 0 where none is listed, null where none was published
  oi_put:            BIGINT    | contracts | the same of puts
  value_call:        DOUBLE    | $/pt      | calls' open interest times their multiplier
  value_put:         DOUBLE    | $/pt      | the same of puts
  bought_qty:        BIGINT    | contracts | calls and puts bought less those sold, by those who crossed, null before the first trade
  value_call_bought: DOUBLE    | $/pt      | calls bought less those sold, each contract times its multiplier
  value_put_bought:  DOUBLE    | $/pt      | the same of puts
  value_call_traded: DOUBLE    | $/pt      | calls traded, with a side or without, each times its multiplier
  value_put_traded:  DOUBLE    | $/pt      | the same of puts
  known_at:          TIMESTAMP | UTC       | end of the bucket in which it changed, the window's start for those before
  known_until:       TIMESTAMP | UTC       | the same of the next change, null where there is none
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
asof inner join options.strike_interest
    on
        moments.expiry = strike_interest.expiry
        and moments.strike = strike_interest.strike
        and moments.known_at >= strike_interest.known_at
asof left join options.positions_5s
    on
        moments.expiry = positions_5s.expiry
        and moments.strike = positions_5s.strike
        and moments.known_at >= positions_5s.bucket_end
