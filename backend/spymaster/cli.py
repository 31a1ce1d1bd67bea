"""The command line: each command parses, makes one call into the package, and prints.

Data goes to stdout, everything else to stderr. Modules that cost time to import are imported by
the command that needs them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from spymaster.errors import INTERRUPTED, SpymasterError, UsageError
from spymaster.options import configured
from spymaster.settings import Settings

app = typer.Typer(
    help="Order-book and dealer physics around key price levels, in an embedded warehouse.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts a third faster
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Wait = Annotated[float, typer.Option(help="Seconds to wait for another writer.")]
Session = Annotated[str | None, typer.Option(help="Session date, such as 2024-03-05.")]
Format = Annotated[str, typer.Option(help="table, csv, json, jsonl, parquet or arrow.")]
Selector = Annotated[
    str | None,
    typer.Argument(help="Model, +model (and upstream), model+ (and downstream) or a folder."),
]


@app.command()
@configured
def demo(
    settings: Settings,
    folder: Annotated[Path, typer.Option(help="Where to put the demo's own files.")] = Path("demo"),
) -> None:
    """Make a small session, land it, build it and show its book."""
    from spymaster.demo import demo as run_demo

    run_demo(settings, folder, say=_say, show=typer.echo)


@app.command()
def simulate(
    session: Annotated[str, typer.Argument(help="Session date, such as 2024-03-05.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")],
    world: Annotated[str, typer.Option(help="W0, W1, W2, W3 or W4.")] = "W3",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    rate: Annotated[float, typer.Option(help="Records per time, 1 is a median day.")] = 0.05,
) -> None:
    """Write a synthetic session as the vendor's files."""
    from spymaster.simulate import simulate as run_simulation

    made = run_simulation(output, session=_date(session), world=world, seed=seed, rate=rate)
    _say(f"{made.records:,} records of {session} in {output}")


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
        landings = run_landing(paths, settings, replace=replace, wait=wait, progress=advance)
    for landing in landings:
        _say(f"{landing.outcome}: {landing.message}")
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

    report = models.run(settings, selector, _date_or_none(session), wait=wait, report=_say)
    for failure in report.failures:
        _say(f"error: {failure}")
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

    steps = models.plan(settings, selector, _date_or_none(session))
    for step in steps:
        typer.echo(f"{step.session}  {step.action:<4}  {step.model:<24}  {step.why}")
    if exit_code and any(step.action == "run" for step in steps):
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

    typer.echo(models.render(settings, model, _date_or_none(session)))


@app.command()
@configured
def lineage(
    settings: Settings,
    target: Annotated[str, typer.Argument(help="Model or model.column.")],
) -> None:
    """Say what a model or one of its columns is made of, down to the landed records."""
    from spymaster import models

    typer.echo(str(models.lineage(settings, target)))


@app.command()
@configured
def check(settings: Settings, session: Session = None) -> None:
    """Bind every model, compare headers, run the audits over what is built."""
    from spymaster import models

    findings = models.check(settings, _date_or_none(session))
    for finding in findings:
        _say(f"error: {finding}")
    if findings:
        raise typer.Exit(1)
    _say("no findings")


@app.command()
@configured
def tables(settings: Settings) -> None:
    """List the relations of the catalog."""
    from spymaster import models, read

    models.ensure_current(settings)
    for relation in read.tables(settings):
        rows = "" if relation.rows is None else f"{relation.rows:,}"
        typer.echo(f"{relation.name:<24} {rows:>14}  {relation.doc}")


@app.command()
@configured
def describe(
    settings: Settings,
    name: Annotated[str, typer.Argument(help="Relation, such as book.flow_5s or flow_5s.")],
) -> None:
    """Say what a relation and each of its columns hold."""
    from spymaster import models, read

    models.ensure_current(settings)
    relation, columns = read.describe(settings, name)
    typer.echo(f"{relation.name}: {relation.doc}\none row per: {relation.grain or 'record'}\n")
    for column in columns:
        typer.echo(f"{column.name:<20} {column.type:<12} {column.unit:<10} {column.meaning}")


@app.command()
@configured
def query(
    settings: Settings,
    sql: Annotated[str, typer.Argument(help="One SELECT, a .sql file, or - for stdin.")],
    format: Format = "table",  # noqa: A002
) -> None:
    """Run one SELECT on the catalog."""
    from spymaster import models, read

    if format in read.BINARY and sys.stdout.isatty():
        raise UsageError(f"--format {format} is binary; send it to a file or a pipe")
    models.ensure_current(settings)
    read.query(settings, read.sql_of(sql, sys.stdin), sys.stdout.buffer, format=format)


def main() -> NoReturn:
    """Run the command line; every known error ends in one line and its exit code."""
    sys.exit(_guarded(lambda: app(standalone_mode=True)))


def _guarded(call: Callable[[], Any]) -> int:
    try:
        call()
    except SpymasterError as error:
        _say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output has seen enough
        sys.stderr.close()
        return 0
    except OSError as error:
        _say(f"error: {error.filename or 'system'}: {error.strerror or error}")
        return 1
    return 0


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise UsageError(f"{text}: expected a date such as 2024-03-05") from error


def _date_or_none(text: str | None) -> date | None:
    return None if text is None else _date(text)


def _say(line: str) -> None:
    typer.echo(line, err=True)
