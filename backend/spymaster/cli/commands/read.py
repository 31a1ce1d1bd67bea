"""Commands that ask the published catalog."""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spymaster.arguments import check_strays, clock
from spymaster.cli.configured import located, reading
from spymaster.cli.options import Format, Session
from spymaster.cli.terminal import say, show, width
from spymaster.errors import UsageError
from spymaster.settings import Settings

if TYPE_CHECKING:
    from spymaster.read import Question


@located
def tables(
    settings: Settings,
    like: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Of its name, such as flow or 'book.*'.")
    ] = None,
) -> None:
    """List the relations of the catalog."""
    from spymaster import read

    relations = read.tables(settings, like)
    rows = [(relation.name, relation.counted, relation.summary) for relation in relations]
    show(("relation", "rows", "doc"), rows, right=[1])


@located
def describe(
    settings: Settings,
    name: Annotated[
        str, typer.Argument(help="Relation or column, such as flow_5s or states_5s.net.")
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="Also each column that is a difference of another.")
    ] = False,
) -> None:
    """Say what a relation and each of its columns hold."""
    from spymaster import read

    relation, columns = read.describe(settings, name)
    about = [("relation", relation.name), ("doc", relation.doc), ("rows", relation.counted)]
    if relation.name.startswith("raw.") or relation.grain:
        about.append(("one row per", relation.grain or "record"))
    accepted = read.acceptances(settings, relation.name)
    show((), [*about, *(("accepted", line) for line in accepted), ("", "")])
    shown = [(column, "") for column in columns] if everything else read.folded(columns)
    is_folded = any(also for _, also in shown)
    rows = [
        (column.name, column.type, *([also] if is_folded else []), column.unit, column.meaning)
        for column, also in shown
    ]
    show(("column", "type", *(["also"] if is_folded else []), "unit", "meaning"), rows)
    if hidden := len(columns) - len(shown):
        say(f"{hidden} columns more, which are named in also; --all shows each")


def features(
    relation: Annotated[
        str | None, typer.Argument(help="Relation that carries them, such as ratios_5s.")
    ] = None,
) -> None:
    """List the registered features, their formulas and their count."""
    from spymaster.features import HEADER, catalog, count

    shown = [at for at, name in enumerate(HEADER) if relation is None or name != "relation"]
    show([HEADER[at] for at in shown], [[row[at] for at in shown] for row in catalog(relation)])
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
    format: Format = None,  # noqa: A002
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Of $NAME; repeatable."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; its suffix says the format.")
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Every digit, in tables too.")] = False,
) -> None:
    """Run one SELECT on the catalog."""
    from dataclasses import replace

    from spymaster import read

    given = dict(map(read.parameter, parameter or ()))
    asked = replace(sql, parameters=given, giving="-p {}=...")
    if output is not None:
        is_cut = read.query_to_file(settings, asked, output, format=format, is_exact=exact)
    else:
        format = format or "table"  # noqa: A001
        if format in read.BINARY and sys.stdout.isatty():
            raise UsageError(f"--format {format} is binary; send it to a file or a pipe")
        out = sys.stdout.buffer
        is_cut = read.query(settings, asked, out, format=format, width=width(), is_exact=exact)
    if is_cut:
        say(f"first {read.TABLE_ROWS} rows; another --format writes all")


@reading
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
    of_level, of_gex = {"--from": first, "--to": last}, {"--at": at, "--expiry-set": expiry_set}
    check_strays(subject, of_level if is_gex else of_gex)
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
