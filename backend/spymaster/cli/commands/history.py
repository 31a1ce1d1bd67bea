"""Commands that build up a history."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spymaster.arguments import day
from spymaster.cli.commands.data import land_files
from spymaster.cli.configured import Changed, building, reading
from spymaster.cli.options import Retry, Selector, Wait, number
from spymaster.cli.terminal import say
from spymaster.settings import Settings
from spymaster.symbols import option_parents

if TYPE_CHECKING:
    from spymaster.pull import Quote

First = Annotated[
    date | None, typer.Option("--from", parser=day, metavar="DATE", help="First, included.")
]
Last = Annotated[
    date | None, typer.Option("--to", parser=day, metavar="DATE", help="Last, included.")
]


@building
def backfill(
    settings: Settings,
    selector: Selector = None,
    first: First = None,
    last: Last = None,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="processes, or ray on the cluster at RAY_ADDRESS.")
    ] = "processes",
    wait: Wait = 0.0,
    retry: Retry = False,
    change_settings: Changed = False,
) -> None:
    """Build a range of sessions, several side by side, and publish them."""
    from spymaster import operations
    from spymaster.cli.sessions_progress import session_bars

    with session_bars() as bars:
        report = operations.backfill(
            settings,
            first,
            last,
            selector,
            engine=engine,
            wait=wait,
            retry=retry,
            change_settings=change_settings,
            report=bars,
        )
    built = len({build.session for build in report.built})
    sessions = "1 session" if built == 1 else f"{built} sessions"
    say(f"{sessions} built, {report.skipped} partitions were up to date")
    raise typer.Exit(report.exit_code)


@reading
def pull(
    settings: Settings,
    first: Annotated[date, typer.Option("--from", parser=day, metavar="DATE", help="First, UTC.")],
    last: Annotated[date, typer.Option("--to", parser=day, metavar="DATE", help="Last, UTC.")],
    schema: Annotated[list[str] | None, typer.Option(help="Repeatable; mbo.")] = None,
    symbol: Annotated[
        list[str] | None, typer.Option(help="Repeatable; ES.FUT, or none with --options.")
    ] = None,
    options: Annotated[
        bool, typer.Option("--options", help="All options on the root: quarterly, weekly, daily.")
    ] = False,
    stype: Annotated[str, typer.Option(help="What symbols are, such as raw_symbol.")] = "parent",
    dataset: Annotated[str, typer.Option(help="The vendor's name of it.")] = "GLBX.MDP3",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder.")] = Path("databento"),
    max_cost: Annotated[
        float | None, typer.Option(metavar="DOLLARS", callback=number, help="Not more.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Buy without asking.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="As batch jobs, not streams.")] = False,
    patience: Annotated[
        float,
        typer.Option(metavar="SECONDS", callback=number, help="How long to wait for a batch job."),
    ] = 3_600.0,
    land: Annotated[bool, typer.Option("--land", help="Land what came.")] = False,
    wait: Wait = 0.0,
) -> None:
    """Buy historical records from Databento, cost first."""
    from spymaster.progress import byte_bar
    from spymaster.pull import pull as run_pull

    named = [*(symbol or []), *(option_parents(settings.root) if options else [])]
    with byte_bar() as advance:
        pulled = run_pull(
            output,
            schema or ["mbo"],
            named or ["ES.FUT"],
            first,
            last,
            agree=lambda quotes: _agree(quotes, yes=yes),
            dataset=dataset,
            stype=stype,
            max_cost=max_cost,
            as_batch=batch,
            patience=patience,
            say=say,
            advance=advance or (lambda path, done, total: None),
        )
    if all(quote.is_free for quote in pulled.quotes):
        say("nothing to buy: all of it is there, or paid")
    for path in pulled.files:
        typer.echo(path)
    if land and pulled.files:
        land_files(settings, pulled.files, wait=wait)


def _agree(quotes: list[Quote], *, yes: bool) -> bool:
    """Say what it costs, and ask a person where there is one."""
    for quote in quotes:
        say(_price(quote))
    say(f"together ${sum(quote.dollars for quote in quotes if not quote.is_free):,.2f}")
    if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return yes
    return typer.confirm("buy it?", err=True)


def _price(quote: Quote) -> str:
    what = f"{quote.request.schema} {','.join(quote.request.symbols)}"
    if quote.job:
        return f"{what}: paid as {quote.job}"
    if not quote.days:
        return f"{what}: all there"
    size = quote.billable_bytes / 1e9
    days = "1 day" if len(quote.days) == 1 else f"{len(quote.days)} days"
    return f"{what}: {days}, {quote.records:,} records, {size:,.3f} GB, ${quote.dollars:,.2f}"
