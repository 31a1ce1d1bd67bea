"""Commands that look after a warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spymaster.cli.configured import reading
from spymaster.cli.options import Wait
from spymaster.cli.terminal import say, show, show_json
from spymaster.settings import Settings


def init(
    folder: Annotated[Path, typer.Argument(help="Where; the working directory.")] = Path(),
) -> None:
    """Write a spymaster.toml with every setting explained."""
    from spymaster.settings import create

    say(f"{create(folder)}: every setting, at its default")


@reading
def doctor(
    settings: Settings,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """Say how the warehouse is; end with 1 where something is wrong."""
    from spymaster import operations

    checks = operations.doctor(settings)
    problems = [check for check in checks if check.problem]
    if json:
        listed = [
            {"name": check.name, "found": check.found, "problem": check.problem} for check in checks
        ]
        show_json({"ok": not problems, "checks": listed})
    else:
        show((), [(check.name, check.found) for check in checks])
    for check in problems:
        say(f"error: {check.name}: {check.found}: {check.problem}")
    raise typer.Exit(1 if problems else 0)


@reading
def gc(
    settings: Settings,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    wait: Wait = 0.0,
) -> None:
    """Remove files of no kept catalog and what killed builds left."""
    from spymaster import operations

    found = operations.gc(settings, dry_run=dry_run, wait=wait)
    for orphan in found:
        typer.echo(f"{orphan.path}\t{orphan.kind}\t{orphan.bytes}")
    total = f"{len(found)} files, {operations.size(sum(orphan.bytes for orphan in found))}"
    say(f"{'would remove' if dry_run else 'removed'} {total}" if found else "nothing to remove")
