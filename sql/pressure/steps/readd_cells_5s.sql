{#---
doc: What came back in a cell after it traded away; no row where nothing did.
grain: [bucket_end, level_id, is_bid, way, band]
as_of: bucket_end
columns:
  readd_qty: BIGINT | lots | added within 0.3 s after an order of that size, to a tenth, traded away there
---#}
{% import 'macros/pressure.sql' as pressure with context %}
select
    levels_5s.bucket_end,
    levels_5s.level_id,
    added_again.is_bid,
    {{ pressure.way('added_again') }} as way,
    ({{ pressure.band('abs(added_again.tick - levels_5s.tick)') }})::tinyint as band,
    sum(added_again.qty)::bigint as readd_qty
from pressure.levels_5s
inner join book.added_again
    on {{ pressure.is_near('added_again') }}
group by levels_5s.bucket_end, levels_5s.level_id, added_again.is_bid, way, band
