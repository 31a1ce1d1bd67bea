"""What is asked of the past, checked alike for commands and calls; ``name`` is theirs for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spymaster.errors import UsageError
from spymaster.settings import Settings
from spymaster.settings.values import MOST_ANALOGS
from spymaster.setups.names import allowed
from spymaster.setups.past import BY


def neighbours(settings: Settings, k: int | None, name: str) -> Settings:
    """Return settings that look for so many neighbours, by default for as many as they do.

    Raises
    ------
    UsageError
        For less than one, or more than the setting takes.
    """
    if k is None:
        return settings
    if not 1 <= k <= MOST_ANALOGS:
        raise UsageError(f"{name} {k}: expected a whole number from 1 to {MOST_ANALOGS}")
    return replace(settings, analog_k=k)


def horizon(settings: Settings, seconds: int | None, name: str) -> int:
    """Return after how many seconds outcomes are shown, the shortest time by default.

    Raises
    ------
    UsageError
        For a time after which none is judged.
    """
    if seconds is None:
        return settings.setup_horizons[0]
    allowed(name, seconds, settings.setup_horizons)
    return seconds


def wait(settings: Settings, seconds: int | None, name: str) -> int:
    """Return how long after a touch it is decided about, the shortest time by default.

    Raises
    ------
    UsageError
        For a time after which nobody decides.
    """
    if seconds is None:
        return settings.setup_waits[0]
    allowed(name, seconds, settings.setup_waits)
    return seconds


def groups(by: Sequence[str] | str | None, name: str) -> list[str]:
    """Return what outcomes are told apart by, each once; text lists it with commas.

    Raises
    ------
    UsageError
        For what they cannot be told apart by.
    """
    parts = by.split(",") if isinstance(by, str) else by or ()
    found = list(dict.fromkeys(part.strip() for part in parts))
    strangers = [one for one in found if one not in BY]
    if strangers:
        raise UsageError(f"{name} {', '.join(strangers)}: allowed are {', '.join(BY)}")
    return found
