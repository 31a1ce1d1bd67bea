"""How functions of the replay are compiled, and where machine code stays from run to run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from spymaster import caches
from spymaster.book.source import version

Function = TypeVar("Function", bound=Callable[..., Any])


def cache_folder() -> Path:
    """Return where machine code is kept: below NUMBA_CACHE_DIR, else with the user's other caches.

    Not in the installation, which may be read-only. numba only asks whether the one file that a
    function stands in is another, so the folder is named by everything that is compiled, to the
    byte: a comment that changes costs one compilation, to leave it out costs every process.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    home = Path(given) / "spymaster" if given else caches.home()
    return home / f"book-{version()}"


def _is_kept() -> bool:
    """Make the folder; where nothing can be written, every process compiles for itself."""
    folder = cache_folder()
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return caches.ready(folder)


_HOW: dict[str, Any] = {
    "nogil": True,
    "_nrt": False,
    "no_rewrites": True,
}
"""Without the interpreter's lock, so that DuckDB works meanwhile; without a count of references to
arrays: what is compiled here makes none, and to count those that it names took the loop two thirds
of its time; without a search for patterns to rewrite, which finds none here."""
OPTIONS: dict[str, Any] = {"cache": _is_kept(), **_HOW}
"""Of what Python calls."""
INSIDE: dict[str, Any] = {
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    **_HOW,
}
"""Of what only compiled functions call. LLVM puts it where it is called, not numba, whose time
grows faster than a function's lines."""


def compiled(signature: Any) -> Callable[[Function], Function]:
    """Compile a function for one signature when its module is imported, or take it from the cache.

    See ``OPTIONS`` for what it does without.
    """

    def decorate(function: Function) -> Function:
        return cast(Function, numba.njit(signature, **OPTIONS)(function))

    return decorate


def inlined(function: Function) -> Function:
    """Compile what only compiled functions call, once for all of them; see ``INSIDE``."""
    return cast(Function, numba.njit(**INSIDE)(function))
