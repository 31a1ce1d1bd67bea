"""The command line: which commands there are, and how they start.

Data goes to stdout, everything else to stderr. A command is made when it is asked for, and modules
that cost time to import are imported by the command that needs them.
"""

from __future__ import annotations

from typing import Annotated

import typer

from spymaster.cli.on_demand import Program

app = typer.Typer(
    cls=Program,
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
