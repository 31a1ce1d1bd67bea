"""The main job from end to end on an invented session: simulate, land, build, look."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from textwrap import dedent, indent

from spymaster import models, read
from spymaster.errors import ModelError, RefusedError
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

SESSION = date(2024, 3, 5)
RATE = 0.02
"""Records against a full day's."""
WORLD = "W0"
WINDOW = Settings.window_start, Settings.window_end
"""Local time."""
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


def demo(folder: Path, *, say: Callable[[str], None], show: Callable[[str], None]) -> None:
    """Run the whole pipeline on a small invented session inside ``folder`` and print its book.

    Parameters
    ----------
    folder : Path
        Gets the vendor files and a warehouse of its own; safe to run again.
    say : callable
        Takes a line of progress.
    show : callable
        Takes a piece of the result.

    Raises
    ------
    RefusedError
        If the folder holds a warehouse that is no demo's.
    ModelError
        If a model or an audit failed.
    """
    files, (start, end) = folder / "files", WINDOW
    settings = Settings(warehouse=folder / "warehouse", window_start=start, window_end=end)
    if settings.warehouse.exists() and not files.exists():
        raise RefusedError(f"{settings.warehouse}: not a demo's; give the demo another --folder")
    say(f"simulating {SESSION}, world {WORLD}, at {RATE:.0%} of a median day's records")
    made = simulate(files, session=SESSION, world=WORLD, rate=RATE)
    say(f"landing {made.records:,} records")
    land(made.files, settings, replace=True, report=lambda landing: say(f"  {landing.line}"))
    say("building")
    report = models.run(settings, report=lambda event: say(f"  {event.text}"))
    if report.failures:
        raise ModelError("\n".join(report.failures))
    for line in _answers(settings):
        show(line)


def _answers(settings: Settings) -> Iterator[str]:
    for question, sql in QUESTIONS.items():
        out = BytesIO()
        read.query(settings, sql, out)
        yield f"\n{question}\n\n{out.getvalue().decode()}"
    yield "where to look next\n"
    for command in next_steps(settings):
        yield f"{command}\n"


def next_steps(settings: Settings) -> Iterator[str]:
    """Yield commands to type after the demo, the demo's own questions among them."""
    place = f"--warehouse {shlex.quote(str(settings.warehouse))}"
    yield f"uv run spymaster tables {place}"
    yield f"uv run spymaster describe flow_5s {place}"
    yield f"uv run spymaster lineage flow_5s.pull_qty {place}"
    for sql in QUESTIONS.values():
        yield f'uv run spymaster query {place} "\n{indent(dedent(sql).strip(), "    ")}"'
