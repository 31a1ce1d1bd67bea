{#---
doc: >
  What came of a setup within a horizon, by the mid at bucket ends: break where it went on along
  its travel by a barrier before it went back by as much, reject the other way round, chop where it
  did neither. Both barriers are as far from the price at the decision, in proportion to
  volatility; distance from the level says nothing about which comes first. Null where the horizon
  runs past the window or into a hole, also where a barrier was hit before: who kept those would
  see no chop there.
grain: [session, cluster_id, touched_at, wait_s, horizon_s]
as_of: horizon
searched: true  # through all sessions at once
columns:
  barrier_ticks: INTEGER | ticks   | from the price at the decision to each barrier
  why:           VARCHAR | text    | why there is none, window_ends or hole; null where there is one
  hit_s:         INTEGER | s       | from the decision to the first barrier, null in a chop
  mfe_sigma:     DOUBLE  | sigma   | farthest along the travel within the horizon, in volatilities of a bucket
  mae_sigma:     DOUBLE  | sigma   | farthest against it
  is_through:    BOOLEAN | boolean | whether the mid was ever 2 ticks or more beyond the level
---#}
{% import 'macros/setups.sql' as setups with context %}
{% set through_ticks = 2 %}
with horizons as (
    select unnest({{ setup_horizons }})::integer as horizon_s
),

bounded as (
    select
        decisions.*,
        horizons.horizon_s,
        {{ setups.steps('horizons.horizon_s') }} as n_wanted,
        {{ setups.barrier_ticks('decisions.sigma_ticks', 'horizons.horizon_s') }} as barrier_ticks
    from setups.decisions
    cross join horizons
),

-- a bucket in which nothing could land has the quotes of before it
mids as (
    select
        bbo_5s.bucket_end,
        (bbo_5s.bid_tick + bbo_5s.ask_tick) / 2 as mid_ticks
    from market.bbo_5s
    anti join market.holes
        on
            bbo_5s.instrument_id = holes.instrument_id
            and epoch_ns(bbo_5s.bucket_end) - {{ bucket_ns }} >= holes.start_ns
            and epoch_ns(bbo_5s.bucket_end) <= coalesce(holes.end_ns, 9223372036854775807)
    where bbo_5s.mid is not null
),

moves as (
    select
        bounded.*,
        mids.bucket_end,
        bounded.dir * (mids.mid_ticks - bounded.tick) as beyond_ticks,
        beyond_ticks - bounded.dist_ticks as move_ticks
    from bounded
    left join mids
        on
            bounded.decided_at < mids.bucket_end
            and bounded.decided_at + to_seconds(bounded.horizon_s) >= mids.bucket_end
),

paths as (
    select
        session,
        instrument_id,
        cluster_id,
        touched_at,
        wait_s,
        horizon_s,
        decided_at,
        sigma_ticks,
        barrier_ticks,
        n_wanted,
        count(bucket_end) as n_mids,
        min(bucket_end) filter (where move_ticks >= barrier_ticks) as broke_at,
        min(bucket_end) filter (where move_ticks <= -barrier_ticks) as rejected_at,
        max(move_ticks) as farthest_ticks,
        min(move_ticks) as deepest_ticks,
        bool_or(beyond_ticks >= {{ through_ticks }}) as is_through
    from moves
    group by all
),

judged as (
    select
        *,
        least(broke_at, rejected_at) as hit_at,
        case
            when decided_at + to_seconds(horizon_s) > make_timestamp({{ window_end_ns }} // 1000)
                then 'window_ends'
            when n_mids < n_wanted then 'hole'
        end as why
    from paths
)

select
    session,
    instrument_id,
    cluster_id,
    touched_at,
    wait_s,
    horizon_s,
    barrier_ticks,
    case
        when why is not null then null
        when hit_at is null then 'chop'
        when hit_at = broke_at then 'break'
        else 'reject'
    end as outcome,
    why,
    if(why is null, date_diff('second', decided_at, hit_at), null)::integer as hit_s,
    if(why is null, greatest(farthest_ticks, 0) / sigma_ticks, null) as mfe_sigma,
    if(why is null, greatest(0 - deepest_ticks, 0) / sigma_ticks, null) as mae_sigma,
    if(why is null, is_through, null) as is_through
from judged
order by touched_at, cluster_id, wait_s, horizon_s
