"""Settings as options of commands, made of the fields of ``Settings``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Annotated, Any

import typer

from spymaster.errors import MovedError
from spymaster.settings import ABOUT, DECIDING, Settings

PANEL = "Settings"
"""Above them in a command's help."""
Changed = Annotated[
    bool,
    typer.Option(
        "--change-settings",
        rich_help_panel=PANEL,
        help="Take other settings than the warehouse was built with.",
    ),
]


def configured(
    command: Callable[..., None],
    names: tuple[str, ...] = ("warehouse", *DECIDING),
    *,
    own: bool = True,
    own_first: bool = False,
) -> Callable[..., None]:
    """Give a command whose first parameter is the settings an option for each named one.

    Parameters
    ----------
    own : bool
        Whether it needs what the warehouse was built with, which is read from the ledger.
    own_first : bool
        Whether that wins over files and the environment.
    """
    signature = inspect.signature(command, eval_str=True)
    taken = list(signature.parameters.values())[1:]
    added = [_option(name) for name in names]

    @wraps(command)
    def call(**given: Any) -> None:
        flags = {name: given.pop(name) for name in names}
        try:
            command(_settings(flags, own=own, own_first=own_first), **given)
        except MovedError:  # raised before anything is printed
            from spymaster import operations

            operations.publish(_settings(flags, own=True, own_first=True))
            command(_settings(flags, own=own, own_first=own_first), **given)

    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in [*taken, *added]]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    return call


located = partial(configured, names=("warehouse",), own=False)
"""The same for a command that only needs to know where the warehouse is."""
reading = partial(configured, names=("warehouse",), own_first=True)
"""The same for one that shows what was built, as it was built."""
searching = partial(
    configured,
    names=("warehouse", "analog_k", "analog_min_sessions", "analog_incomplete"),
    own_first=True,
)
"""The same for one that searches the past, where a question may be put otherwise.

Neither what blocks weigh nor the cap of a session is one of these: what each number counts in a
distance was learned with the first, and how near the past comes was measured with both.
"""
judging = partial(configured, names=("warehouse", "analog_incomplete"), own_first=True)
"""The same for one that shows what was said on each day, of which only the days can be chosen."""
building = partial(configured, names=tuple(ABOUT))
"""The same for one that builds sessions."""


def _settings(flags: dict[str, Any], *, own: bool, own_first: bool) -> Settings:
    from spymaster.settings import load

    if not own:
        return load(**flags)
    from spymaster.warehouse.layout import Layout
    from spymaster.warehouse.ledger import Ledger

    def built_with(warehouse: Any) -> dict[str, str]:
        return Ledger(Layout(warehouse)).settings()

    return load(own=built_with, own_first=own_first, **flags)


@cache
def _option(name: str) -> inspect.Parameter:
    option = typer.Option(
        metavar="VALUE", rich_help_panel=PANEL, help=ABOUT[name].doc, show_default=False
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, option],
    )
