{#---
doc: >
  The price as the session's window starts, the last trade before. Where none is known, the last
  trade of the first bucket that traded.
grain: [known_at]
as_of: known_at
columns:
  known_at: TIMESTAMP | UTC | the window's start or that bucket's end
---#}
{% import 'macros/book.sql' as book with context %}
select
    -- several trades may be received at once: the last of them in the file
    arg_max(prints.price, (prints.ts_recv, prints.row_no)) as price,
    arg_max(prints.price_e9, (prints.ts_recv, prints.row_no)) as price_e9,
    {{ book.bucket_end('prints.ts_recv') }} as known_at
from market.prints
inner join market.fronts using (instrument_id)
group by known_at
order by known_at
limit 1
