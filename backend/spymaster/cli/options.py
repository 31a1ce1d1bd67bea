"""Options and arguments that several commands take, those that override settings among them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial, wraps
from math import isnan
from typing import Annotated, Any

import typer

from spymaster.errors import MovedError, UsageError
from spymaster.units import FIRST_SESSION, LAST_SESSION

SETTINGS = {
    "warehouse": "Folder of the warehouse.",
    "window_start": "Start of the model window, local time.",
    "window_end": "End of the model window, local time.",
    "timezone": "Time zone of the window.",
    "root": "Product, such as ES.",
    "instrument": "Contract, such as ESH4.",
    "tick_size": "Points, where no definition landed.",
    "band_ticks": "Width of a band around a level, ticks.",
    "levels": "Tracked levels, such as PM_HIGH,OPEN.",
    "manual_levels": "CSV of your own levels.",
    "setup_waits": "From a touch to decisions about it, such as 0,30,60.",
    "setup_horizons": "To when outcomes are judged, such as 120,300,600.",
    "barrier_floor_ticks": "Least distance of a barrier, ticks.",
    "barrier_scale": "Distance of barriers, deviations of a walk.",
    "analog_k": "Similar setups that are looked for.",
    "analog_cap": "Most of them from one session.",
    "analog_blocks": "Weights, such as states=1,touch=1,tape=0.5,path=0.",
    "analog_min_sessions": "Earlier sessions before a forecast is shown.",
    "analog_incomplete": "Whether incomplete sessions count as past, true or false.",
    "keep": "In-build relations to write out, such as book.changes.",
}
LONGEST_WAIT = 7 * 86_400
"""Seconds."""
BUILDING = {**SETTINGS, "jobs": "Sessions built side by side."}


def day(text: str) -> date:
    """Return the date that an argument names."""
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise UsageError(f"{text}: expected a date such as 2024-03-05") from error
    if not FIRST_SESSION <= found <= LAST_SESSION:
        raise UsageError(f"{text}: expected a date from {FIRST_SESSION} to {LAST_SESSION}")
    return found


def clock(text: str | time) -> time:
    """Return the time of day that an argument names; a default is one already."""
    try:
        return text if isinstance(text, time) else time.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text}: expected a time of day such as 09:45") from error


def number(value: float) -> float:
    """Refuse nan, which is in no range and outside none."""
    if isnan(value):
        raise typer.BadParameter("nan is no number")
    return value


Wait = Annotated[
    float,
    typer.Option(
        min=0,
        max=LONGEST_WAIT,
        callback=number,
        show_default=False,
        metavar="SECONDS",
        help="How long to wait for a writer.",
    ),
]
Day = Annotated[date, typer.Argument(parser=day, help="Session date, such as 2024-03-05.")]
Session = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="Such as 2024-03-05.")
]
Format = Annotated[
    str, typer.Option(metavar="NAME", help="table, csv, json, jsonl, parquet or arrow.")
]
Selector = Annotated[
    str | None,
    typer.Argument(help="Model, +model (and upstream), model+ (and downstream) or a folder."),
]

Retry = Annotated[bool, typer.Option(help="Also what failed before and is the same.")]


def configured(
    command: Callable[..., None], names: tuple[str, ...] = tuple(SETTINGS)
) -> Callable[..., None]:
    """Give a command whose first parameter is the settings an option for each named one."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())[1:]
    added = [_option(name, BUILDING[name]) for name in names]

    @wraps(command)
    def call(**given: Any) -> None:
        from spymaster.settings import load

        settings = load(**{name: given.pop(name) for name in names})
        try:
            command(settings, **given)
        except MovedError:  # raised before anything is printed
            from spymaster import operations

            operations.publish(settings)
            command(settings, **given)

    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in [*own, *added]]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    return call


located = partial(configured, names=("warehouse",))
"""The same for a command that only needs to know where the warehouse is."""
building = partial(configured, names=tuple(BUILDING))
"""The same for a command that builds sessions."""


def _option(name: str, meaning: str) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, typer.Option(metavar="VALUE", help=meaning)],
    )
