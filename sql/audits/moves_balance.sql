{#---
doc: Over all prices of a bucket and side, the lots that moved away arrived.
---#}
select
    session,
    bucket_end,
    side
from book.flow_5s
group by session, bucket_end, side
having sum(in_up_qty) <> sum(out_up_qty) or sum(in_down_qty) <> sum(out_down_qty)
