{#---
doc: How large what is withdrawn at once was in the window of a session, for later ones to compare with.
grain: [session, instrument_id]
as_of: window end
columns:
  p50_qty: BIGINT | lots | half of them were at most as large
  p90_qty: BIGINT | lots | nine tenths of them were at most as large
---#}
select
    fronts.session,
    fronts.instrument_id,
    count(*) as n_pull,
    quantile_disc(pulls.qty, 0.5) as p50_qty,
    quantile_disc(pulls.qty, 0.9) as p90_qty
from book.pulls
cross join market.fronts
group by fronts.session, fronts.instrument_id
