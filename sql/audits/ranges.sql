{#---
doc: No flow is negative, and what was pulled by older orders is part of what was pulled.
---#}
{% import 'macros/kinds.sql' as kinds %}
select
    session,
    bucket_end,
    side,
    tick
from book.flow_5s
where
    least(
        {% for kind in kinds.KINDS %}
        {{ kind }}_qty,
        {% endfor %}
        pull_500ms_qty - pull_5s_qty,
        pull_5s_qty - pull_60s_qty,
        pull_60s_qty,
        pull_qty - pull_500ms_qty
    ) < 0
