"""What to ask and to type next, of the demo's warehouse."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from spymaster.settings import Settings

QUESTIONS = {
    "When price was within $2 of PM_HIGH and rising, which side was pulling?": """
        select
            if(ask_above_drain > bid_below_drain, 'asks above', 'bids below') as pulled_faster,
            count(*) as n_buckets,
            round(avg(net), 3) as mean_net
        from states_5s
        where level_id = 'PM_HIGH' and abs(dist_ticks) <= 8 and dist_ticks_d1 > 0
            and net is not null
        group by pulled_faster
        order by pulled_faster
    """,
    "The ten buckets with the strongest vacuum": """
        select bucket_end, level_id, vacuum, net, dist_ticks
        from states_5s
        where vacuum is not null
        order by vacuum desc, bucket_end, level_id
        limit 10
    """,
    "How do asks above evolve over the minute before each touch?": """
        select
            level_id,
            touches.bucket_end as touched,
            date_diff('second', states_5s.bucket_end, touched) as seconds_before,
            ask_above_higher,
            ask_above_drain
        from touches
        inner join states_5s using (session, level_id)
        where seconds_before between 0 and 60
        order by touched, level_id, seconds_before desc
    """,
}
"""As an analyst would ask them; docs/reading.md shows the same."""


def next_steps(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what there is to see, and the command that shows it."""
    place = f"--warehouse {shlex.quote(str(settings.warehouse))}"
    draw = "uv run --extra plot spymaster plot PM_LOW -o low.png"
    yield "a level's session in a picture", f"{draw} {place}"
    yield "each touch, in SQL", f'uv run spymaster query {place} "from touches"'
    yield "the screen, in a browser", f"uv run spymaster serve {place}"
