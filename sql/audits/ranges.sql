{#---
doc: No flow is negative, and what was pulled by older orders is part of what was pulled.
---#}
select
    session,
    bucket_end,
    side,
    tick
from book.flow_5s
where
    least(
        add_qty,
        pull_qty,
        fill_qty,
        size_up_qty,
        refill_qty,
        in_up_qty,
        in_down_qty,
        out_up_qty,
        out_down_qty,
        hidden_fill_qty,
        unknown_fill_qty,
        snapshot_qty,
        clear_qty,
        unknown_cancel_qty,
        pull_500ms_qty - pull_5s_qty,
        pull_5s_qty - pull_60s_qty,
        pull_60s_qty,
        pull_qty - pull_500ms_qty
    ) < 0
