"""The main job from end to end on an invented session: simulate, land, build, look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

from spymaster import models, read
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

SESSION = date(2024, 3, 5)
RATE = 0.02
"""Records against a full day's."""
WORLD = "W0"
QUESTIONS = {
    "the book as the window closes, ten prices around the touch": """
        select
            depth_5s.price,
            sum(depth_qty) filter (where side = 'bid') as bid_qty,
            sum(depth_qty) filter (where side = 'ask') as ask_qty
        from depth_5s
        inner join bbo_5s using (session, bucket_end)
        where
            bucket_end = (select max(bucket_end) from bbo_5s)
            and tick between bid_tick - 4 and ask_tick + 4
        group by depth_5s.price
        order by depth_5s.price desc
    """,
    "lots added, pulled and filled within $1 of the best quotes, the busiest ten buckets": """
        select
            bucket_end,
            side,
            sum(add_qty) as added,
            sum(pull_qty) as pulled,
            sum(fill_qty) as filled,
            round((sum(pull_qty) - sum(add_qty)) / sum(pull_qty + add_qty), 3) as pull_add_balance
        from flow_5s
        inner join bbo_5s using (session, bucket_end)
        where tick between bid_tick - 3 and ask_tick + 3
        group by bucket_end, side
        order by sum(add_qty + pull_qty + fill_qty) desc
        limit 10
    """,
}
"""What to look at first, as an analyst would ask it."""


def demo(
    settings: Settings,
    folder: Path,
    *,
    say: Callable[[str], None],
    show: Callable[[str], None],
) -> None:
    """Run the whole pipeline on a small invented session inside ``folder`` and print its book.

    Parameters
    ----------
    folder : Path
        Gets the vendor files and a warehouse of its own; safe to run again.
    say : callable
        Takes a line of progress.
    show : callable
        Takes a piece of the result.
    """
    own = replace(
        settings,
        warehouse=folder / "warehouse",
        window_start=time(9, 30),
        window_end=time(12, 30),
        instrument=None,
    )
    say(f"simulating {SESSION}, world {WORLD}, at {RATE:.0%} of a median day's records")
    made = simulate(folder / "files", session=SESSION, world=WORLD, rate=RATE)
    say(f"landing {made.records:,} records")
    for landing in land(made.files, own):
        say(f"  {landing.outcome}: {landing.message}")
    say("building")
    models.run(own, report=say)
    for line in _answers(own):
        show(line)


def _answers(settings: Settings) -> Iterator[str]:
    from io import BytesIO
    from textwrap import dedent

    for question, sql in QUESTIONS.items():
        out = BytesIO()
        read.query(settings, sql, out)
        yield f"\n{question}\n\n{out.getvalue().decode()}"
    yield "where to look next"
    yield f"  uv run spymaster tables --warehouse {settings.warehouse}"
    for sql in QUESTIONS.values():
        yield f'  uv run spymaster query --warehouse {settings.warehouse} "{dedent(sql).strip()}"'
