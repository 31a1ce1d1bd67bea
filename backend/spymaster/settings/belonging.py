"""What decides rows belongs to the warehouse: it is written down by the first build.

Otherwise a command that is run from another folder would build the same sessions again under other
settings, and publish those over what was there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from spymaster.errors import RefusedError
from spymaster.settings.fields import DECIDING, Settings
from spymaster.settings.written import written


def deciding(settings: Settings) -> dict[str, str]:
    """Return every setting that decides rows as TOML, by key.

    A path is relative to the warehouse, so that both may move together.
    """
    found = {key: getattr(settings, key) for key in DECIDING}
    if settings.manual_levels is not None:
        path = os.path.relpath(settings.manual_levels.resolve(), settings.warehouse.resolve())
        found["manual_levels"] = Path(path)
    return {key: written(value) for key, value in found.items()}


def agree(settings: Settings, own: Mapping[str, str]) -> None:
    """Refuse settings that differ from what a warehouse was built with; an empty one was not.

    Raises
    ------
    RefusedError
        Naming each difference and where the value came from.
    """
    found = list(_differences(settings, own)) if own else []
    if found:
        raise RefusedError(
            f"{settings.warehouse}: was built with other settings: {'; '.join(found)};"
            " leave them out, or --change-settings to build its sessions again"
        )


def _differences(settings: Settings, own: Mapping[str, str]) -> Iterator[str]:
    defaults = deciding(Settings(settings.warehouse))
    for key, value in deciding(settings).items():
        was = own.get(key, defaults[key])
        if value != was and not (key == "manual_levels" and _is_found_anew(settings, was)):
            source = settings.sources.get(key, "here").removesuffix(f": {key}")
            yield f"{key} is {was or 'none'}, {source} says {value or 'none'}"


def _is_found_anew(settings: Settings, was: str) -> bool:
    """Whether a file of levels is the one from before in another place: by its text, or because
    where it was there is none, as after a move of the warehouse alone."""
    now = settings.manual_levels
    if now is None or not was:
        return False
    before = settings.warehouse / json.loads(was)
    return not before.exists() or (now.exists() and before.read_bytes() == now.read_bytes())
