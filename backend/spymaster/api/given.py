"""What callers write, as the program has it: what may be left out, settings by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from spymaster.settings import Settings, load
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

Value = TypeVar("Value")


def maybe(check: Callable[[Any], Value], value: Any) -> Value | None:
    """Return what a check makes of a value, None of what was left out.

    >>> maybe(int, "7"), maybe(int, None)
    (7, None)
    """
    return None if value is None else check(value)


def settings_of(
    warehouse: Path | str | None, given: dict[str, Any], *, own_first: bool = False
) -> Settings:
    """Return the settings that hold for a warehouse, as for a command in the same folder."""

    def built_with(folder: Path) -> dict[str, str]:
        return Ledger(Layout(folder)).settings()

    return load(own=built_with, own_first=own_first, warehouse=warehouse, **given)
