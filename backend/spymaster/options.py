"""The options that override settings, on every command that takes settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
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
}


def configured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command whose first parameter is the settings an option for each setting above."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())[1:]
    added = [_option(name, meaning) for name, meaning in SETTINGS.items()]

    @wraps(command)
    def call(**given: Any) -> None:
        from spymaster.settings import load

        flags = {name: given.pop(name) for name in SETTINGS}
        command(load(**flags), **given)

    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in [*own, *added]]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    return call


def _option(name: str, meaning: str) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, typer.Option(help=meaning, rich_help_panel="Settings")],
    )
