"""Commands that ask the published catalog."""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spymaster.cli.options import Format, Session, clock, configured, located
from spymaster.cli.terminal import say, show, width
from spymaster.errors import UsageError
from spymaster.settings import Settings

if TYPE_CHECKING:
    from spymaster.read import Question


@located
def tables(settings: Settings) -> None:
    """List the relations of the catalog."""
    from spymaster import read

    relations = read.tables(settings)
    rows = [(relation.name, relation.counted, relation.summary) for relation in relations]
    show(("relation", "rows", "doc"), rows, right=[1])


@located
def describe(
    settings: Settings,
    name: Annotated[str, typer.Argument(help="Relation, such as book.flow_5s or flow_5s.")],
) -> None:
    """Say what a relation and each of its columns hold."""
    from spymaster import read

    relation, columns = read.describe(settings, name)
    about = [("relation", relation.name), ("doc", relation.doc), ("rows", relation.counted)]
    about.append(("one row per", relation.grain or "record"))
    accepted = read.acceptances(settings, relation.name)
    show((), [*about, *(("accepted", line) for line in accepted), ("", "")])
    rows = [(column.name, column.type, column.unit, column.meaning) for column in columns]
    show(("column", "type", "unit", "meaning"), rows)


def features(
    relation: Annotated[
        str | None, typer.Argument(help="Relation that carries them, such as ratios_5s.")
    ] = None,
) -> None:
    """List the registered features, their formulas and their count."""
    from spymaster.features import HEADER, catalog, count

    show(HEADER, catalog(relation))
    base = count(relation)
    say(f"{base:,} features in a bucket of a level, {4 * base:,} with their differences")


def question(text: str) -> Question:
    """Return what an argument asks; stdin is read here, once, however often a command starts."""
    from spymaster.read import question_of

    return question_of(text, sys.stdin)


@located
def query(
    settings: Settings,
    sql: Annotated[
        Any, typer.Argument(parser=question, help="One SELECT, a .sql file, or - for stdin.")
    ],
    format: Format = "table",  # noqa: A002
) -> None:
    """Run one SELECT on the catalog."""
    from spymaster import read

    if format in read.BINARY and sys.stdout.isatty():
        raise UsageError(f"--format {format} is binary; send it to a file or a pipe")
    if read.query(settings, sql, sys.stdout.buffer, format=format, width=width()):
        say(f"first {read.TABLE_ROWS} rows; another --format writes all")


@configured
def plot(
    settings: Settings,
    subject: Annotated[
        str, typer.Argument(help="Tracked level, such as PM_HIGH, or gex: gamma by strike.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .png, .svg or .html file.")],
    session: Session = None,
    first: Annotated[
        time | None, typer.Option("--from", parser=clock, help="Of a level, such as 09:45.")
    ] = None,
    last: Annotated[
        time | None, typer.Option("--to", parser=clock, help="Of a level, such as 10:30.")
    ] = None,
    at: Annotated[
        time | None, typer.Option(parser=clock, help="Of gex, such as 10:15; default the last.")
    ] = None,
    expiry_set: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of gex: 0dte, 5d or all, the default.")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="On a dark ground, as the screen.")] = False,
) -> None:
    """Draw a level's session, or gamma exposure by strike at a time."""
    from spymaster.charts import DARK, LIGHT, plot_gex, plot_level

    is_gex = subject == "gex"
    if (
        strays := _given(**{"from": first, "to": last})
        if is_gex
        else _given(at=at, expiry_set=expiry_set)
    ):
        raise UsageError(f"{', '.join(strays)}: not for {subject}")
    look = DARK if dark else LIGHT
    if is_gex:
        shown = plot_gex(
            settings, output, session=session, at=at, expiry_set=expiry_set or "all", look=look
        )
        say(f"{output}: {shown} strikes")
    else:
        shown = plot_level(
            settings, subject, output, session=session, start=first, end=last, look=look
        )
        say(f"{output}: {shown} buckets")


def _given(**options: object) -> list[str]:
    """Return the names of the options that were given."""
    return [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
