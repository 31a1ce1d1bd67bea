"""Commands that ask what the past says."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

import typer

from spymaster.arguments import clock
from spymaster.cli.configured import judging, searching
from spymaster.cli.options import Session
from spymaster.cli.terminal import explain, page, say, show, show_json
from spymaster.outputs import suffix
from spymaster.settings import Settings


@searching
def similar(
    settings: Settings,
    level: Annotated[str, typer.Argument(help="Tracked level, such as PM_HIGH.")],
    session: Session = None,
    at: Annotated[
        time | None,
        typer.Option(parser=clock, metavar="TIME", help="Such as 10:15; default its last touch."),
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option(metavar="SECONDS", help="One of setup_horizons; default the first."),
    ] = None,
    k: Annotated[
        int | None, typer.Option("-k", metavar="N", help="So many neighbours; default analog_k.")
    ] = None,
) -> None:
    """Show past setups that looked like this one, and how they ended."""
    from spymaster.setups import asked
    from spymaster.setups import similar as search
    from spymaster.setups.analogs import page as shown

    seconds = asked.horizon(settings, horizon, "--horizon")
    settings = asked.neighbours(settings, k, "-k")
    console = page()
    for piece in shown(search(settings, level, session=session, at=at), settings, seconds):
        console.print(piece)


@judging
def outcomes(
    settings: Settings,
    subject: Annotated[str | None, typer.Argument(help="Level or kind; default all.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="LIST", help="Of level, kind, approach and n_touch.")
    ] = None,
    wait: Annotated[
        int | None,
        typer.Option(metavar="SECONDS", help="From the touch; default the shortest."),
    ] = None,
) -> None:
    """Show how levels held in the past, beside what a walk does."""
    from spymaster.setups import asked
    from spymaster.setups import outcomes as shares
    from spymaster.setups.names import OUTCOMES

    groups = asked.groups(by or None, "--by")
    seconds = asked.wait(settings, wait, "--wait")
    _, rows = shares(settings, subject, by=groups, wait_s=seconds)
    if not rows:
        say("no history: no touch has an outcome yet")
        return
    header = [*groups, "in", *OUTCOMES, "walk", "n", "days"]
    lines = [
        [
            *(str(row[name]) for name in groups),
            f"{row['horizon_s']} s",
            *(
                f"{row[o]:.0%} {100 * row[f'{o}_low']:.0f}-{100 * row[f'{o}_high']:.0f}"
                for o in OUTCOMES
            ),
            "/".join(f"{100 * row[f'{o}_walk']:.0f}" for o in OUTCOMES),
            str(row["n"]),
            str(row["sessions"]),
        ]
        for row in rows
    ]
    which = range(len(groups) + 1)
    show(header, lines, right=range(len(groups), len(header)), keys=which)
    say("shares with their 80 % intervals; walk: break, reject and chop of a walk")


@judging
def evaluate(
    settings: Settings,
    placebo: Annotated[bool, typer.Option("--placebo", help="Of control levels alone.")] = False,
    truth: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="What a simulation had decided.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Pictures and tables, a .html file.")
    ] = None,
) -> None:
    """Show what forecasts were worth, against chance and an oracle."""
    from spymaster.setups import evaluate as judge
    from spymaster.setups.report import table, write

    if output is not None:
        suffix(output, "a report", [".html"])
    verdict = judge(settings, placebo=placebo, truth=truth)
    if as_json:
        show_json(verdict.to_json())
    else:
        header, lines, legend = table(verdict)
        if lines:
            show(header, lines, right=range(len(header)), keys=(0, 1))
            say("gain: nats of surprise saved a setup against the best that ignores flow")
            explain(legend)
        else:
            say("no history: no forecast has an outcome yet")
        for row in verdict.flagged:
            say(f"flagged before {row['session']}: wait {row['wait_s']} s, {row['horizon_s']} s")
    if output is not None:
        other = judge(settings, placebo=not placebo, truth=truth)
        write(output, verdict, other)
        say(f"{output}: written")
    if verdict.leaks:
        say(f"{verdict.leaks} neighbours are not of an earlier session")
        raise typer.Exit(1)
