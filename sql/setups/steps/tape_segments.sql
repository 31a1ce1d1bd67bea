{#---
doc: >
  Who crossed the spread and how the two best queues compared in the four pieces of the two minutes
  before a decision, seen along the travel, so that a market and its mirror image have the same.
  Null where fewer than half the buckets are there.
grain: [session, cluster_id, touched_at, wait_s, segment]
as_of: decided_at
columns:
  buy_sell:        DOUBLE | -1..1 | lots that traded along the travel against those that traded against it
  queue_imbalance: DOUBLE | -1..1 | mean over the buckets of the queue behind the travel against the one before it
---#}
{% import 'macros/setups.sql' as setups with context %}
with {{ setups.windows() }},

taped as (
    select
        windows.cluster_id,
        windows.touched_at,
        windows.wait_s,
        windows.segment,
        count(*) as n_buckets,
        sum(tape_5s.buy_qty)::bigint as buy_qty,
        sum(tape_5s.sell_qty)::bigint as sell_qty
    from windows
    inner join pressure.tape_5s
        on
            windows.cluster_id = tape_5s.level_id
            and windows.begun_at < tape_5s.bucket_end
            and windows.ended_at >= tape_5s.bucket_end
    group by windows.cluster_id, windows.touched_at, windows.wait_s, windows.segment
),

-- a list in order adds up to the same bits whatever the threads
queued as (
    select
        windows.cluster_id,
        windows.touched_at,
        windows.wait_s,
        windows.segment,
        list(imbalance_5s.queue_imbalance order by imbalance_5s.bucket_end) as imbalances
    from windows
    inner join pressure.imbalance_5s
        on
            windows.begun_at < imbalance_5s.bucket_end
            and windows.ended_at >= imbalance_5s.bucket_end
    where imbalance_5s.queue_imbalance is not null
    group by windows.cluster_id, windows.touched_at, windows.wait_s, windows.segment
)

select
    windows.session,
    windows.instrument_id,
    windows.cluster_id,
    windows.touched_at,
    windows.wait_s,
    windows.segment,
    if(
        2 * taped.n_buckets >= windows.n_wanted,
        windows.dir * beta(taped.buy_qty, taped.sell_qty),
        null
    ) as buy_sell,
    if(
        2 * len(queued.imbalances) >= windows.n_wanted,
        windows.dir * list_sum(queued.imbalances) / len(queued.imbalances),
        null
    ) as queue_imbalance
from windows
left join taped using (cluster_id, touched_at, wait_s, segment)
left join queued using (cluster_id, touched_at, wait_s, segment)
