"""The command line: which commands there are, and how they start.

Data goes to stdout, everything else to stderr. Modules that cost time to import are imported by
the command that needs them.
"""

from __future__ import annotations

from typing import Annotated

import typer

from spymaster.cli.commands import build, data, history, live, read, screen, setups, site, upkeep
from spymaster.cli.grouped import Grouped
from spymaster.cli.guard import Guarded

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts a third faster
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:  # noqa: FBT001  called by typer
    if asked:
        from importlib.metadata import version

        typer.echo(version("spymaster"))
        raise typer.Exit


COMMANDS = (
    data.demo,
    upkeep.init,
    data.simulate,
    data.land,
    build.run,
    history.pull,
    history.backfill,
    live.live,
    build.plan,
    build.render,
    build.lineage,
    build.check,
    read.tables,
    read.describe,
    read.features,
    read.query,
    read.plot,
    setups.similar,
    setups.outcomes,
    setups.evaluate,
    screen.serve,
    site.report,
    site.docs,
    upkeep.doctor,
    upkeep.gc,
)


@app.callback()
def program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_say_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Order-book and dealer physics around key price levels, in an embedded warehouse."""


for command in COMMANDS:
    app.command(cls=Grouped)(command)
