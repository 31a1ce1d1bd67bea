"""What models are: their SQL, what they are made of, and whether they hold what they promise."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from spymaster import operations
from spymaster.api.given import maybe, settings_of
from spymaster.arguments import day
from spymaster.operations import Finding, Lineage


def render(
    model: str,
    *,
    session: date | str | None = None,
    warehouse: Path | str | None = None,
    **settings: Any,
) -> str:
    """Return a model's SQL as it runs.

    Parameters
    ----------
    model : str
        Such as book.flow_5s.
    session : date
        By default the latest.
    settings
        As for ``plan``.

    Raises
    ------
    UsageError
        For a model or session that there is not.

    Examples
    --------
    >>> import spymaster
    >>> "select" in spymaster.render("book.flow_5s", warehouse=warehouse)
    True
    """
    return operations.render(settings_of(warehouse, settings), model, maybe(day, session))


def lineage(target: str, *, warehouse: Path | str | None = None, **settings: Any) -> Lineage:
    """Return what a model or a column is made of; its text is what the command prints.

    Parameters
    ----------
    target : str
        Model or model.column.

    Raises
    ------
    UsageError
        For a model or column that there is not.

    Examples
    --------
    >>> import spymaster
    >>> print(spymaster.lineage("book.flow_5s", warehouse=warehouse))
    book.flow_5s
    ...
    """
    return operations.lineage(settings_of(warehouse, settings), target)


def check(
    session: date | str | None = None, *, warehouse: Path | str | None = None, **settings: Any
) -> list[Finding]:
    """Bind every model, compare headers, run cases and audits; return what does not hold.

    Parameters
    ----------
    session : date
        Whose rows the audits are asked of, too.
    settings
        As for ``plan``.

    Raises
    ------
    UsageError
        For a session that there is not.
    """
    return operations.check(settings_of(warehouse, settings), maybe(day, session))
