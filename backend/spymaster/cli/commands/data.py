"""Commands that bring records into the warehouse."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

import typer

from spymaster.arguments import clock
from spymaster.cli.configured import reading
from spymaster.cli.options import Day, Wait
from spymaster.cli.terminal import page, say
from spymaster.settings import Settings


def demo(
    folder: Annotated[Path, typer.Option(help="Where to put the demo's own files.")] = Path("demo"),
) -> None:
    """Make a small session, land it, build it, show its pressure."""
    from spymaster.demo import demo as run_demo

    run_demo(folder, say=say, console=page())


def simulate(
    session: Day,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")],
    world: Annotated[str, typer.Option(help="W0, W1, W2, W3, W4 or W5.")] = "W3",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 0,
    rate: Annotated[
        float, typer.Option(help="Orders against a full day's; records thin out less.")
    ] = 0.05,
    strength: Annotated[
        float,
        typer.Option(help="How strongly W3, W4 and W5 show what they plant, 0 is not at all."),
    ] = 1.0,
    start: Annotated[
        time, typer.Option(parser=clock, metavar="TIME", help="First event, New York.")
    ] = time(4),
    end: Annotated[
        time, typer.Option(parser=clock, metavar="TIME", help="After the last event, New York.")
    ] = time(12, 30),
    tilt: Annotated[float, typer.Option(help="Odds that W5 goes the way it tells.")] = 0.6,
    lead: Annotated[
        float, typer.Option(help="How long before price arrives W5 tells, seconds.")
    ] = 0.0,
    realistic: Annotated[
        bool, typer.Option("--realistic", help="Move as far as ES does; W0, W1 and W5 only.")
    ] = False,
    options: Annotated[bool, typer.Option(help="Write the options too.")] = True,
    report: Annotated[
        bool, typer.Option("--report", help="Print figures of the session beside what ES shows.")
    ] = False,
) -> None:
    """Write a synthetic session and its options as the vendor's files."""
    from spymaster.progress import share_bar
    from spymaster.simulate import report as measured
    from spymaster.simulate import simulate as run_simulation

    with share_bar(str(session)) as share:
        made = run_simulation(
            output,
            session=session,
            world=world,
            seed=seed,
            rate=rate,
            strength=strength,
            start=start,
            end=end,
            tilt=tilt,
            lead_s=lead,
            realistic=realistic,
            options=options,
            progress=share,
        )
    records = made.records + (made.chain.records if made.chain else 0)
    say(f"{records:,} records of {session} in {output}")
    if report:
        typer.echo(measured(made).text())


@reading
def land(
    settings: Settings,
    paths: Annotated[
        list[Path], typer.Argument(help="DBN files, condition.json, or folders of them.")
    ],
    replace: Annotated[bool, typer.Option(help="Replace the same days landed before.")] = False,
    wait: Wait = 0.0,
) -> None:
    """Land the vendor's files, each whole or not at all."""
    land_files(settings, paths, replace=replace, wait=wait)


def land_files(
    settings: Settings, paths: list[Path], *, replace: bool = False, wait: float = 0.0
) -> None:
    """Land files, publish them, and end the command with the code of the worst refusal."""
    from spymaster import operations
    from spymaster.land import land as run_landing
    from spymaster.progress import byte_bar

    with byte_bar() as advance:
        landings = run_landing(
            paths,
            settings,
            replace=replace,
            wait=wait,
            progress=advance,
            report=lambda landing: say(landing.line),
        )
    if any(landing.outcome == "landed" for landing in landings):
        operations.publish(settings, wait=wait)
    refused = [landing for landing in landings if landing.outcome == "refused"]
    if refused:
        raise typer.Exit(max(landing.exit_code for landing in refused))
