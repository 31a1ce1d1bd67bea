{#---
doc: >
  When somebody decides what to do about a touch: as price arrives and some seconds after, whether
  or not it has left again. Where price is then, measured along its travel, and how wild it is.
  None where volatility is not known yet, or a side of the book is empty.
grain: [session, cluster_id, touched_at, wait_s]
as_of: decided_at
searched: true  # through all sessions at once
columns:
  decided_at:   TIMESTAMP | UTC   | end of the bucket of the decision
  dir:          TINYINT | -1 or 1 | way of travel, 1 where price came from below
  tick:         INTEGER | ticks   | where the level stood as it was touched
  price:        DOUBLE  | points  | the same
  decision_mid: DOUBLE  | points  | middle of the best quotes at the decision
  dist_ticks:   DOUBLE  | ticks   | from the level to it, beyond the level positive
  sigma_ticks:  DOUBLE  | ticks   | recent volatility, RMS of the mid's changes per bucket
  n_buckets:    BIGINT  | buckets | of the two minutes before, those in which the level was used
---#}
{% import 'macros/setups.sql' as setups with context %}
with waits as (
    select unnest({{ setup_waits }})::integer as wait_s
),

decided as (
    select
        touches.session,
        touches.instrument_id,
        touches.cluster_id,
        touches.bucket_end as touched_at,
        waits.wait_s,
        touches.bucket_end + to_seconds(waits.wait_s) as decided_at,
        if(touches.approach = 'from_below', 1, -1)::tinyint as dir,
        touches.tick,
        touches.price
    from pressure.touches
    cross join waits
),

-- volatility is the same at every level
volatility as (
    select
        bucket_end,
        max(sigma_ticks) as sigma_ticks
    from pressure.states_5s
    group by bucket_end
),

used as (
    select
        decided.cluster_id,
        decided.touched_at,
        decided.wait_s,
        count(*) as n_buckets
    from decided
    inner join pressure.levels_5s
        on
            decided.cluster_id = levels_5s.level_id
            and decided.decided_at - to_seconds({{ setups.memory_s }}) < levels_5s.bucket_end
            and decided.decided_at >= levels_5s.bucket_end
    group by decided.cluster_id, decided.touched_at, decided.wait_s
)

select
    decided.session,
    decided.instrument_id,
    decided.cluster_id,
    decided.touched_at,
    decided.wait_s,
    decided.decided_at,
    decided.dir,
    decided.tick,
    decided.price,
    bbo_5s.mid as decision_mid,
    decided.dir * ((bbo_5s.bid_tick + bbo_5s.ask_tick) / 2 - decided.tick) as dist_ticks,
    volatility.sigma_ticks,
    coalesce(used.n_buckets, 0) as n_buckets
from decided
inner join market.bbo_5s
    on
        decided.instrument_id = bbo_5s.instrument_id
        and decided.decided_at = bbo_5s.bucket_end
inner join volatility on decided.decided_at = volatility.bucket_end
left join used using (cluster_id, touched_at, wait_s)
where bbo_5s.mid is not null and volatility.sigma_ticks is not null
order by decided.touched_at, decided.cluster_id, decided.wait_s
