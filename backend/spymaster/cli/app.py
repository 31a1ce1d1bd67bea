"""The command line: which commands there are, and how they start.

Data goes to stdout, everything else to stderr. Modules that cost time to import are imported by
the command that needs them.
"""

from __future__ import annotations

import typer

from spymaster.cli.commands import build, data, history, live, read, screen, setups, site, upkeep
from spymaster.cli.guard import Guarded

app = typer.Typer(
    cls=Guarded,
    help="Order-book and dealer physics around key price levels, in an embedded warehouse.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts a third faster
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS = (
    data.demo,
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
    site.docs,
    upkeep.doctor,
    upkeep.gc,
)

for command in COMMANDS:
    app.command()(command)
