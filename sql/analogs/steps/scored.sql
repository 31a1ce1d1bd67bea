{#---
doc: >
  Every earlier setup of which the outcome is known, with what there was to forecast it with on its
  own day.
grain: [session, cluster_id, touched_at, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
lookback: {analogs.candidates: all}
columns:
  session:   DATE   | date   | of the earlier setup
  n_eff:     DOUBLE | setups | of its neighbours, 0 without any
  p_outcome: DOUBLE | 0..1   | what its neighbours gave to the outcome, 0 without any
  base:      DOUBLE | 0..1   | what past frequencies gave to it
  walk:      DOUBLE | 0..1   | what a walk gave to it
---#}
select
    candidates.session,
    candidates.cluster_id,
    candidates.touched_at,
    candidates.wait_s,
    candidates.horizon_s,
    history.outcome,
    candidates.n_eff,
    coalesce(
        case history.outcome
            when 'break' then candidates.p_break
            when 'reject' then candidates.p_reject
            else candidates.p_chop
        end,
        0
    ) as p_outcome,
    case history.outcome
        when 'break' then candidates.base_break
        when 'reject' then candidates.base_reject
        else candidates.base_chop
    end as base,
    case history.outcome
        when 'break' then candidates.null_break
        when 'reject' then candidates.null_reject
        else candidates.null_chop
    end as walk,
    candidates.mean_distance
from analogs.candidates
inner join analogs.history using (session, cluster_id, touched_at, wait_s, horizon_s)
