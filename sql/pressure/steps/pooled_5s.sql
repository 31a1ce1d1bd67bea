{#---
doc: >
  The four states of a level over the last minute as one: flows are added up before the ratio, and how
  far the centre of mass is from the level is held against how far it was a minute ago, from where the
  level stood then. Five seconds alone are mostly noise. Null where the level is not used for a minute yet, a side is out of reach (over the minute, or in its
  first or last bucket), or there is nothing to compare.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  ask_above_higher_60s: DOUBLE  | -1..1 | state 1 of the minute
  ask_above_drain_60s:  DOUBLE  | -1..1 | state 2
  bid_below_lower_60s:  DOUBLE  | -1..1 | state 3
  bid_below_drain_60s:  DOUBLE  | -1..1 | state 4
  why_60s:              VARCHAR | text  | why one of them is null
---#}
{% import 'macros/time.sql' as time with context %}
with minutes as (
    select
        sides_5s.session,
        sides_5s.instrument_id,
        sides_5s.bucket_end,
        sides_5s.level_id,
        sides_5s.side,
        levels_5s.used_since,
        sides_5s.moment_end,
        sides_5s.depth_end,
        first_value(sides_5s.moment_start) over minute as moment_start,
        first_value(sides_5s.depth_start) over minute as depth_start,
        count(*) over minute = {{ time.MINUTE }} as is_whole,
        -- a centre of the few prices at the edge of reach would move with the price alone
        sides_5s.is_reached
        and first_value(sides_5s.is_reached) over minute
        and 5 * sum(sides_5s.n_reach) over minute >= sum(sides_5s.n_places) over minute
            as is_reached,
        (sum(sides_5s.pull_qty) over minute)::bigint as pull_qty,
        (sum(sides_5s.add_qty) over minute)::bigint as add_qty
    from pressure.sides_5s
    inner join pressure.levels_5s using (session, instrument_id, bucket_end, level_id)
    window minute as (
        partition by sides_5s.level_id, sides_5s.side, levels_5s.used_since
        order by sides_5s.bucket_end
        {{ time.last_minute() }}
    )
),

rated as (
    select
        *,
        is_whole and is_reached as is_known,
        depth_start > 0 and depth_end > 0 as is_deep,
        pull_qty + add_qty > 0 as has_flow,
        if(is_known, beta(moment_end * depth_start, moment_start * depth_end), null) as farther,
        if(is_known, beta(pull_qty, add_qty), null) as drain
    from minutes
)

select
    asks.session,
    asks.instrument_id,
    asks.bucket_end,
    asks.level_id,
    asks.farther as ask_above_higher_60s,
    asks.drain as ask_above_drain_60s,
    bids.farther as bid_below_lower_60s,
    bids.drain as bid_below_drain_60s,
    case
        when not asks.is_whole
            then
                if(
                    epoch_ns(asks.used_since) = {{ window_start_ns + bucket_ns }},
                    'warming_up',
                    'level_new'
                )
        when asks.is_reached and not asks.is_deep or bids.is_reached and not bids.is_deep
            then 'no_depth'
        when not asks.is_reached then 'asks_above_out_of_reach'
        when not bids.is_reached then 'bids_below_out_of_reach'
        when not asks.has_flow then 'no_flow_above'
        when not bids.has_flow then 'no_flow_below'
    end as why_60s
from rated as asks
inner join rated as bids using (session, instrument_id, bucket_end, level_id)
where asks.side = 'ask' and bids.side = 'bid'
