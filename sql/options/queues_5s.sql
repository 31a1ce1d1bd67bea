{#---
doc: >
  What came and went at the best bids and asks of the options near a level, calls and puts together,
  by their quotes at both ends of the bucket. A better price leaves the old one standing; what traded
  away was not pulled. No row for the bucket in which an option is quoted first.
grain: [bucket_end, expiry, strike]
as_of: bucket_end
materialize: step
columns:
  bucket_end:        TIMESTAMP | UTC       | exclusive end of the 5 s bucket
  expiry:            TIMESTAMP | UTC       | when the options expire
  strike:            DOUBLE    | points    | strike
  bid_add_qty:       BIGINT    | contracts | bids of calls and puts that came
  bid_pull_qty:      BIGINT    | contracts | bids that went untraded
  ask_add_qty:       BIGINT    | contracts | asks that came
  ask_pull_qty:      BIGINT    | contracts | asks that went untraded
---#}
{% import 'macros/pressure.sql' as pressure with context %}
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
        chain_5s.*,
        lag(chain_5s.bucket_end) over series as bucket_before,
        lag(chain_5s.bid) over series as bid_before,
        lag(chain_5s.ask) over series as ask_before,
        lag(chain_5s.bid_qty) over series as bid_qty_before,
        lag(chain_5s.ask_qty) over series as ask_qty_before
    from options.chain_5s
    semi join wanted using (expiry, strike)
    window series as (partition by chain_5s.instrument_id order by chain_5s.bucket_end)
),

-- more than before is above 0, less below
touched as (
    select
        quotes.bucket_end,
        quotes.expiry,
        quotes.strike,
        case
            when quotes.bid_before is null or quotes.bid > quotes.bid_before then quotes.bid_qty
            when quotes.bid = quotes.bid_before
                then quotes.bid_qty::bigint - quotes.bid_qty_before + coalesce(hit.bid_hit_qty, 0)
            else least(coalesce(hit.bid_hit_qty, 0) - quotes.bid_qty_before, 0)
        end as bid_change,
        case
            when quotes.ask_before is null or quotes.ask < quotes.ask_before then quotes.ask_qty
            when quotes.ask = quotes.ask_before
                then quotes.ask_qty::bigint - quotes.ask_qty_before + coalesce(hit.ask_hit_qty, 0)
            else least(coalesce(hit.ask_hit_qty, 0) - quotes.ask_qty_before, 0)
        end as ask_change
    from quotes
    left join hit
        on quotes.bucket_end = hit.bucket_end and quotes.instrument_id = hit.instrument_id
    where quotes.bucket_before = quotes.bucket_end - {{ pressure.buckets(1) }}
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
