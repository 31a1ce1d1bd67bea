{#---
doc: How old and how large the orders are that were withdrawn from a cell; no row where none was.
grain: [bucket_end, level_id, is_bid, way, band]
as_of: bucket_end
columns:
  pull_age_ns:    BIGINT | ns   | median age of the orders that were withdrawn
  large_pull_qty: BIGINT | lots | withdrawn by what is large, see book.large_pulls
---#}
{% import 'macros/pressure.sql' as pressure with context %}
select
    levels_5s.bucket_end,
    levels_5s.level_id,
    pulls.is_bid,
    {{ pressure.way('pulls') }} as way,
    ({{ pressure.band('abs(pulls.tick - levels_5s.tick)') }})::tinyint as band,
    quantile_disc(pulls.age_ns, 0.5) as pull_age_ns,
    sum(if(pulls.qty >= (select large_pulls.large_qty from book.large_pulls), pulls.qty, 0))::bigint
        as large_pull_qty
from pressure.levels_5s
inner join book.pulls
    on {{ pressure.is_near('pulls') }}
group by levels_5s.bucket_end, levels_5s.level_id, pulls.is_bid, way, band
