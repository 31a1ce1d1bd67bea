{#---
doc: >
  The date from whose first record the book of the session is built, that of the last snapshot of its
  contract before the window.
grain: [first_date]
as_of: window start
constants:  # of the first date nothing is asked, so that its records are not read
  first_landed: select min(date) from staging.mbo
  contract: select instrument_id from market.fronts
columns:
  first_date: DATE | UTC | where the book starts; the first landed date where no snapshot comes before the window
---#}
select
    coalesce(
        max(date) filter (where flags & 32 > 0 and ts_recv <= {{ window_start_ns }}),
        getvariable('first_landed')
    ) as first_date
from staging.mbo
where date > getvariable('first_landed') and instrument_id = getvariable('contract')
