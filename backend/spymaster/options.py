"""Options and arguments that several commands take, those that override settings among them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Annotated, Any

import typer

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
    "keep": "In-build relations to write out, such as book.changes.",
}

Wait = Annotated[float, typer.Option(help="Seconds to wait for another writer.")]
Session = Annotated[str | None, typer.Option(help="Session date, such as 2024-03-05.")]
Format = Annotated[str, typer.Option(help="table, csv, json, jsonl, parquet or arrow.")]
Selector = Annotated[
    str | None,
    typer.Argument(help="Model, +model (and upstream), model+ (and downstream) or a folder."),
]


def configured(
    command: Callable[..., None], names: tuple[str, ...] = tuple(SETTINGS)
) -> Callable[..., None]:
    """Give a command whose first parameter is the settings an option for each named one."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())[1:]
    added = [_option(name, SETTINGS[name]) for name in names]

    @wraps(command)
    def call(**given: Any) -> None:
        from spymaster.settings import load

        flags = {name: given.pop(name) for name in names}
        command(load(**flags), **given)

    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in [*own, *added]]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    return call


located = partial(configured, names=("warehouse",))
"""The same for a command that only needs to know where the warehouse is."""


def _option(name: str, meaning: str) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, typer.Option(help=meaning)],
    )
