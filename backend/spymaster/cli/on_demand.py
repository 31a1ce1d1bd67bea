"""Commands that are made when one asks for them: most of what one costs is its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer

from spymaster.cli.grouped import Grouped
from spymaster.cli.guard import Guarded

PLACE = "spymaster.cli.commands"
MODULES = {
    "demo": "data",
    "init": "upkeep",
    "simulate": "data",
    "land": "data",
    "run": "build",
    "pull": "history",
    "backfill": "history",
    "live": "live",
    "plan": "build",
    "render": "build",
    "lineage": "build",
    "check": "build",
    "tables": "read",
    "describe": "read",
    "features": "read",
    "query": "read",
    "plot": "read",
    "similar": "setups",
    "outcomes": "setups",
    "evaluate": "setups",
    "serve": "screen",
    "report": "site",
    "docs": "site",
    "doctor": "upkeep",
    "gc": "upkeep",
}
"""The module below ``PLACE`` whose function of the same name is the command, in help's order."""


class Commands(Mapping[str, Any]):
    """All commands by name; one is made when it is taken out."""

    def __getitem__(self, name: str) -> Any:
        return _made(name, MODULES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class Program(Guarded):
    """The group of all commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Commands()  # type: ignore[assignment]  # nothing adds to it

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of help; the group's own way would make them all."""
        return list(self.commands)


@cache
def _made(name: str, module: str) -> Any:
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(cls=Grouped)(getattr(import_module(f"{PLACE}.{module}"), name))
    return typer.main.get_command(alone)
