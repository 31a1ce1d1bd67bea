{#---
doc: >
  What came and went at the best bids and asks of the options near a level, calls and puts together,
  by their quotes at both ends of the bucket. A better price leaves the old one standing; what traded
  away was not pulled. No row for the bucket in which an option is quoted first.
grain: [bucket_end, expiry, strike]
as_of: bucket_end
---#}
{% import 'macros/time.sql' as time with context %}
with wanted as (
    select distinct
        expiry,
        strike
    from options.near_5s
),

hit as (
    select
        bucket_end,
        instrument_id,
        sum(if(way = -1, size, 0)) as bid_hit_qty,
        sum(if(way = 1, size, 0)) as ask_hit_qty
    from options.option_trades
    group by bucket_end, instrument_id
),

quotes as (
    select
        chain_5s.* exclude (bid_qty, ask_qty),
        if(chain_5s.bid is null, 0, chain_5s.bid_qty::bigint) as bid_qty,
        if(chain_5s.ask is null, 0, chain_5s.ask_qty::bigint) as ask_qty
    from options.chain_5s
    semi join wanted using (expiry, strike)
),

series as (
    select
        *,
        lag(bucket_end) over earlier as bucket_before,
        lag(bid) over earlier as bid_before,
        lag(ask) over earlier as ask_before,
        lag(bid_qty) over earlier as bid_qty_before,
        lag(ask_qty) over earlier as ask_qty_before
    from quotes
    window earlier as (partition by instrument_id order by bucket_end)
),

-- more than before is above 0, less below
touched as (
    select
        series.bucket_end,
        series.expiry,
        series.strike,
        case
            when series.bid_before is null or series.bid > series.bid_before then series.bid_qty
            when series.bid = series.bid_before
                then series.bid_qty - series.bid_qty_before + coalesce(hit.bid_hit_qty, 0)
            else least(coalesce(hit.bid_hit_qty, 0) - series.bid_qty_before, 0)
        end as bid_change,
        case
            when series.ask_before is null or series.ask < series.ask_before then series.ask_qty
            when series.ask = series.ask_before
                then series.ask_qty - series.ask_qty_before + coalesce(hit.ask_hit_qty, 0)
            else least(coalesce(hit.ask_hit_qty, 0) - series.ask_qty_before, 0)
        end as ask_change
    from series
    left join hit using (bucket_end, instrument_id)
    where series.bucket_before = series.bucket_end - {{ time.buckets(1) }}
)

select
    bucket_end,
    expiry,
    strike,
    sum(greatest(bid_change, 0))::bigint as bid_add_qty,
    sum(greatest(-bid_change, 0))::bigint as bid_pull_qty,
    sum(greatest(ask_change, 0))::bigint as ask_add_qty,
    sum(greatest(-ask_change, 0))::bigint as ask_pull_qty
from touched
group by bucket_end, expiry, strike
