"""Settings as text: a value as TOML, and the file that ``spymaster init`` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from textwrap import wrap
from typing import Any

from spymaster.errors import RefusedError
from spymaster.settings.fields import ABOUT, Settings

FILE = "spymaster.toml"
HEAD = """\
# Settings of a spymaster project: this folder and all below it.
#
# An option (--window-end 11:00) beats the environment (SPYMASTER_WINDOW_END), that beats this file,
# that beats what the warehouse was built with, that beats the default, which is what stands here.
# What decides rows belongs to the warehouse from its first build on: other values are refused
# unless `spymaster run --change-settings` builds its sessions again. Where there is no value by
# default, "none" takes one back.
"""
WIDTH = 100


def written(value: Any) -> str:
    """Return a value as TOML; none is empty.

    >>> written(time(9, 30)), written(("OPEN", "VWAP")), written(0.04)
    ('"09:30"', '["OPEN", "VWAP"]', '0.04')
    >>> written((("states", 1.0), ("tape", 0.5)))
    '{states = 1.0, tape = 0.5}'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{" + ", ".join(f"{key} = {weight}" for key, weight in value) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, time):
        return f'"{value:%H:%M:%S}"' if value.second else f'"{value:%H:%M}"'
    return str(value) if _is_number(value) else json.dumps(str(value), ensure_ascii=False)


def template() -> str:
    """Return a ``spymaster.toml`` that explains every setting and changes none."""
    return "\n".join([HEAD, *_entries()])


def create(folder: Path) -> Path:
    """Write that file into a folder and return it.

    Raises
    ------
    RefusedError
        If the folder has one.
    """
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as fresh:
            fresh.write(template())
    except FileExistsError as error:
        raise RefusedError(f"{file}: is there already; move it away first") from error
    return file


def _entries() -> Iterator[str]:
    for key, about in ABOUT.items():
        default = written(getattr(Settings, key))
        yield from wrap(about.doc, WIDTH, initial_indent="# ", subsequent_indent="# ")
        if not about.decides_rows:
            yield "# It decides no row."
        yield f"# {key} = {default or about.example + '    # by default none'}\n"


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, str)
