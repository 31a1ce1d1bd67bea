{#---
doc: The odds of a break, a reject and a chop are in 0 to 1 and add up to 1; each lies in its interval.
---#}
select
    session,
    cluster_id,
    touched_at,
    wait_s,
    horizon_s,
    p_break,
    p_reject,
    p_chop
from analogs.forecasts
where
    abs(p_break + p_reject + p_chop - 1) > 1e-9
    or least(p_break, p_reject, p_chop) < 0
    or not (
        p_break between break_low - 1e-9 and break_high + 1e-9
        and p_reject between reject_low - 1e-9 and reject_high + 1e-9
        and p_chop between chop_low - 1e-9 and chop_high + 1e-9
    )
