{#---
doc: The best quote of each side as a bucket starts and ends; no row for a side without any order.
grain: [bucket_end, side]
as_of: bucket_end
---#}
select
    bucket_end,
    side,
    if(
        side = 'bid',
        max(tick) filter (where depth_start > 0),
        min(tick) filter (where depth_start > 0)
    ) as best_start,
    if(
        side = 'bid',
        max(tick) filter (where depth_end > 0),
        min(tick) filter (where depth_end > 0)
    ) as best_end
from book.active_prices_5s
group by bucket_end, side
