"""What makes and fills a warehouse, as the commands of the same names do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from spymaster import operations
from spymaster.api.given import maybe, settings_of
from spymaster.arguments import clock, day
from spymaster.land import Landing
from spymaster.land import land as run_landing
from spymaster.operations import Plan, RunReport
from spymaster.simulate import SimulatedSession
from spymaster.simulate import simulate as run_simulation

Paths = Path | str | Sequence[Path | str]


def simulate(
    session: date | str,
    folder: Path | str,
    *,
    world: str = "W3",
    seed: int = 0,
    rate: float = 0.05,
    start: time | str = "04:00",
    end: time | str = "12:30",
    **more: Any,
) -> SimulatedSession:
    """Write a synthetic session and its options as the vendor's files.

    Parameters
    ----------
    folder : Path or str
        Gets the files.
    world : str
        W0 to W5: what is planted.
    rate : float
        Orders against a full day's: 1 is about 5 M records from 09:30 to 12:30. What price moves
        cause thins out less, so that 0.05 brings about a tenth of that.
    start, end : time
        New York.
    more
        As ``spymaster.simulate.simulate`` takes it: strength, tilt, lead_s, realistic, options.

    Returns
    -------
    SimulatedSession
        Its ``files`` are what ``land`` takes.

    Raises
    ------
    UsageError
        For a world, rate or time that there is not.
    """
    return run_simulation(
        Path(folder),
        session=day(session),
        world=world,
        seed=seed,
        rate=rate,
        start=clock(start),
        end=clock(end),
        **more,
    )


def land(
    paths: Paths,
    *,
    warehouse: Path | str | None = None,
    replace: bool = False,
    wait: float = 0.0,
) -> list[Landing]:
    """Land the vendor's files, each whole or not at all, and publish them.

    Parameters
    ----------
    paths : path, or sequence of them
        DBN files, condition.json, or folders of them.
    warehouse : Path or str
        By default the one that a command in the working directory uses.
    replace : bool
        Replace the same days landed before.
    wait : float, seconds
        How long to wait for another writer.

    Returns
    -------
    list of Landing
        What became of each file; look for the outcome ``refused``.

    Raises
    ------
    UsageError
        If a path does not exist.
    LockedError
        If another process holds the warehouse.
    """
    settings = settings_of(warehouse, {}, own_first=True)
    given = [paths] if isinstance(paths, str | Path) else paths
    landings = run_landing([Path(path) for path in given], settings, replace=replace, wait=wait)
    if any(landing.outcome == "landed" for landing in landings):
        operations.publish(settings, wait=wait)
    return landings


def plan(
    selector: str | None = None,
    *,
    session: date | str | None = None,
    warehouse: Path | str | None = None,
    change_settings: bool = False,
    **settings: Any,
) -> Plan:
    """Return what ``run`` would build, and why.

    Parameters
    ----------
    selector : str
        Model, ``+model``, ``model+`` or a folder; all by default.
    settings
        Any setting by name, such as ``window_end="11:00"``.

    Raises
    ------
    RefusedError
        If the warehouse was built with other settings.

    Examples
    --------
    >>> import spymaster
    >>> spymaster.plan(warehouse=warehouse).todo
    {}
    """
    return operations.plan(
        settings_of(warehouse, settings),
        selector,
        maybe(day, session),
        change_settings=change_settings,
    )


def run(
    selector: str | None = None,
    *,
    session: date | str | None = None,
    warehouse: Path | str | None = None,
    wait: float = 0.0,
    retry: bool = False,
    change_settings: bool = False,
    **settings: Any,
) -> RunReport:
    """Build what is new or changed and publish it.

    Parameters
    ----------
    selector, settings
        As for ``plan``.
    wait : float, seconds
        How long to wait for another writer.
    retry : bool
        Also what failed before and is the same.
    change_settings : bool
        Take other settings than the warehouse was built with.

    Returns
    -------
    RunReport
        Look at ``built`` and ``failures``.

    Raises
    ------
    ModelError, LockedError, RefusedError
        As the command ends with exit codes 1, 3 and 4.
    """
    return operations.run(
        settings_of(warehouse, settings),
        selector,
        maybe(day, session),
        wait=wait,
        retry=retry,
        change_settings=change_settings,
    )


def backfill(
    first: date | str | None = None,
    last: date | str | None = None,
    selector: str | None = None,
    *,
    warehouse: Path | str | None = None,
    engine: str = "processes",
    wait: float = 0.0,
    retry: bool = False,
    change_settings: bool = False,
    **settings: Any,
) -> RunReport:
    """Build a range of sessions, ``jobs`` of them side by side, and publish them.

    Parameters
    ----------
    first, last : date
        Both included; all that landed by default.
    engine : str
        ``processes``, or ``ray`` on the cluster at RAY_ADDRESS.

    Raises
    ------
    ModelError, LockedError, RefusedError, UsageError
        As for ``run``; also where no session lies in the range.
    """
    return operations.backfill(
        settings_of(warehouse, settings),
        maybe(day, first),
        maybe(day, last),
        selector,
        engine=engine,
        wait=wait,
        retry=retry,
        change_settings=change_settings,
    )
