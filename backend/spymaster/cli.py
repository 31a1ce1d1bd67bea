"""The command line: each command parses, makes one call into the package, and prints.

Data goes to stdout, everything else to stderr. Modules that cost time to import are imported by
the command that needs them.
"""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from typing import Annotated

import typer

from spymaster.errors import UsageError
from spymaster.guard import Guarded, heed_interrupts
from spymaster.options import (
    Day,
    Format,
    Selector,
    Session,
    Wait,
    clock,
    configured,
    located,
)
from spymaster.settings import Settings
from spymaster.terminal import say, show, width

app = typer.Typer(
    cls=Guarded,
    help="Order-book and dealer physics around key price levels, in an embedded warehouse.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts a third faster
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to put the demo's own files.")] = Path("demo"),
) -> None:
    """Make a small session, land it, build it and show its book."""
    from spymaster.demo import demo as run_demo

    run_demo(folder, say=say, show=typer.echo)


@app.command()
def simulate(
    session: Day,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")],
    world: Annotated[str, typer.Option(help="W0, W1, W2, W3 or W4.")] = "W3",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    rate: Annotated[float, typer.Option(help="Records per time, 1 is a median day.")] = 0.05,
) -> None:
    """Write a synthetic session as the vendor's files."""
    from spymaster.progress import share_bar
    from spymaster.simulate import simulate as run_simulation

    with share_bar(str(session)) as share:
        made = run_simulation(
            output, session=session, world=world, seed=seed, rate=rate, progress=share
        )
    say(f"{made.records:,} records of {session} in {output}")


@app.command()
@configured
def land(
    settings: Settings,
    paths: Annotated[list[Path], typer.Argument(help="DBN files or folders of them.")],
    replace: Annotated[bool, typer.Option(help="Replace the same days landed before.")] = False,
    wait: Wait = 0.0,
) -> None:
    """Land DBN files, each whole or not at all."""
    from spymaster import models
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
        models.publish(settings, wait=wait)
    refused = [landing for landing in landings if landing.outcome == "refused"]
    if refused:
        raise typer.Exit(max(landing.exit_code for landing in refused))


@app.command()
@configured
def run(
    settings: Settings,
    selector: Selector = None,
    session: Session = None,
    wait: Wait = 0.0,
) -> None:
    """Build what is new or changed and publish it."""
    from spymaster import models

    report = models.run(settings, selector, session, wait=wait, report=say)
    for failure in report.failures:
        say(f"error: {failure}")
    if not report.built and not report.failures:
        say(_idle(report.skipped))
    if report.failures:
        raise typer.Exit(1)


@app.command()
@configured
def plan(
    settings: Settings,
    selector: Selector = None,
    session: Session = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 5 on changes.")] = False,
) -> None:
    """Say what a run would build, and why."""
    from spymaster import models

    steps = models.plan(settings, selector, session)
    rows = [(str(step.session), step.action, step.model, step.why) for step in steps]
    show(("session", "action", "model", "why"), rows)
    is_idle = all(step.action == "skip" for step in steps)
    if is_idle:
        say(_idle(len(steps)))
    if exit_code and not is_idle:
        raise typer.Exit(5)


@app.command()
@configured
def render(
    settings: Settings,
    model: Annotated[str, typer.Argument(help="Model, such as book.flow_5s.")],
    session: Session = None,
) -> None:
    """Print a model's SQL as it runs."""
    from spymaster import models

    typer.echo(models.render(settings, model, session))


@app.command()
@configured
def lineage(
    settings: Settings,
    target: Annotated[str, typer.Argument(help="Model or model.column.")],
) -> None:
    """Say what a model or a column is made of."""
    from spymaster import models

    typer.echo(str(models.lineage(settings, target)))


@app.command()
@configured
def check(settings: Settings, session: Session = None) -> None:
    """Bind every model, compare headers, run the audits."""
    from spymaster import models

    findings = models.check(settings, session)
    for finding in findings:
        say(f"error: {finding}")
    if findings:
        raise typer.Exit(1)
    say("no findings")


@app.command()
@located
def tables(settings: Settings) -> None:
    """List the relations of the catalog."""
    from spymaster import models, read

    models.ensure_current(settings)
    relations = read.tables(settings)
    rows = [(relation.name, relation.counted, relation.summary) for relation in relations]
    show(("relation", "rows", "doc"), rows, right=[1])


@app.command()
@located
def describe(
    settings: Settings,
    name: Annotated[str, typer.Argument(help="Relation, such as book.flow_5s or flow_5s.")],
) -> None:
    """Say what a relation and each of its columns hold."""
    from spymaster import models, read

    models.ensure_current(settings)
    relation, columns = read.describe(settings, name)
    about = [("relation", relation.name), ("doc", relation.doc), ("rows", relation.counted)]
    show((), [*about, ("one row per", relation.grain or "record"), ("", "")])
    rows = [(column.name, column.type, column.unit, column.meaning) for column in columns]
    show(("column", "type", "unit", "meaning"), rows)


@app.command()
def features(
    relation: Annotated[
        str | None, typer.Argument(help="Relation that carries them, such as ratios_5s.")
    ] = None,
) -> None:
    """List the registered features and their formulas."""
    from spymaster.features import HEADER, catalog

    show(HEADER, catalog(relation))


@app.command()
@located
def query(
    settings: Settings,
    sql: Annotated[str, typer.Argument(help="One SELECT, a .sql file, or - for stdin.")],
    format: Format = "table",  # noqa: A002
) -> None:
    """Run one SELECT on the catalog."""
    from spymaster import models, read

    if format in read.BINARY and sys.stdout.isatty():
        raise UsageError(f"--format {format} is binary; send it to a file or a pipe")
    question = read.question_of(sql, sys.stdin)
    models.ensure_current(settings)
    if read.query(settings, question, sys.stdout.buffer, format=format, width=width()):
        say(f"first {read.TABLE_ROWS} rows; another --format writes all")


@app.command()
@configured
def plot(
    settings: Settings,
    level: Annotated[str, typer.Argument(help="Tracked level, such as PM_HIGH.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .png, .svg or .html file.")],
    session: Session = None,
    first: Annotated[
        time | None, typer.Option("--from", parser=clock, help="Such as 09:45.")
    ] = None,
    last: Annotated[time | None, typer.Option("--to", parser=clock, help="Such as 10:30.")] = None,
) -> None:
    """Draw price against a level, the ladder around it, net and vacuum."""
    from spymaster import models
    from spymaster.plot import plot_level

    models.ensure_current(settings)
    shown = plot_level(settings, level, output, session=session, start=first, end=last)
    say(f"{output}: {shown} buckets")


def main() -> None:
    """Run the command line."""
    heed_interrupts()
    app()


def _idle(count: int) -> str:
    return f"nothing to do: {count} up to date" if count else "nothing to do: no session landed"
