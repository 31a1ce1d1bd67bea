"""What is wrong with a header: keys that are unknown or missing, values that mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from spymaster.book.relations import GIVES
from spymaster.definitions.discover import NAME, REPLAY, STEPS, Source
from spymaster.warehouse.columns import read_columns

JINJA = re.compile(r"\{\{|\{%")
REQUIRED = ("doc", "grain", "as_of")
OPTIONAL = (
    "columns", "lookback", "bare_name", "constants", "replay", "slices", "searched",
)  # fmt: skip
ALL = "all"
"""How a header says that every earlier session is seen."""
Misfit = tuple[str, str]
"""A key and what is wrong with what it says."""


def problems_of(source: Source, written: dict[str, Any], lines: dict[str, int]) -> list[str]:
    """Return what is wrong with a header, as ``line: message``.

    Parameters
    ----------
    written : dict
        What it says, by key.
    lines : dict of str to int
        The line of each key.
    """
    required, allowed = (("doc",),) * 2 if source.is_audit else (REQUIRED, REQUIRED + OPTIONAL)
    found = [
        f"{line}: unknown header key {key}; allowed: {', '.join(allowed)}"
        for key, line in lines.items()
        if key not in allowed
    ]
    found += [f"1: header key {key} is missing" for key in required if not written.get(key)]
    # a comment to Jinja: readers of the catalog would see the braces
    found += [
        f"{lines[key]}: {key} is shown as it is written; found a template in it"
        for key, said in written.items()
        if JINJA.search(str(said))
    ]
    if found or source.is_audit:
        return found
    return [f"{lines.get(key, 1)}: {problem}" for key, problem in _misfits(source, written)]


def _misfits(source: Source, written: dict[str, Any]) -> list[Misfit]:
    """Return what does not fit: the first shape that is wrong, else all that is wrong inside."""
    shape = next(_shapes(written), None)
    if shape:
        return [shape]
    return _replay_misfits(source, written) + _text_misfits(written) + _lookback_misfits(written)


def _shapes(written: dict[str, Any]) -> Iterator[Misfit]:
    try:
        read_columns(written.get("columns") or {})
    except (ValueError, AttributeError) as error:
        yield "columns", str(error)
    grain, lookback = written["grain"], written.get("lookback") or {}
    if not isinstance(grain, list) or not all(isinstance(key, str) for key in grain):
        yield "grain", f"expected a list of columns, found {grain!r}"
    if written.get("slices") and "bucket_end" not in grain:
        yield "slices", "slices are of buckets: expected bucket_end in the grain"
    if not isinstance(lookback, dict):
        yield "lookback", f"expected relations and numbers of sessions, found {lookback!r}"
    if written.get("searched", True) is not True:
        yield "searched", f"searched: expected true or nothing, found {written['searched']!r}"


def _lookback_misfits(written: dict[str, Any]) -> list[Misfit]:
    return [
        (
            "lookback",
            f"lookback of {relation}: expected a number of sessions or all, found {count!r}",
        )
        for relation, count in (written.get("lookback") or {}).items()
        if count != ALL and (type(count) is not int or count < 1)
    ]


def _text_misfits(written: dict[str, Any]) -> list[Misfit]:
    found = []
    constants, bare_name = written.get("constants") or {}, written.get("bare_name") or "a"
    if not isinstance(constants, dict) or not all(
        isinstance(one, str) for one in chain.from_iterable(constants.items())
    ):
        found += [("constants", f"expected names and queries, found {constants!r}")]
    if not isinstance(bare_name, str) or not NAME.fullmatch(bare_name):
        allowed = "lower-case letters, digits and _"
        found += [("bare_name", f"bare_name {bare_name!r} is not a name; allowed: {allowed}")]
    return found


def _replay_misfits(source: Source, written: dict[str, Any]) -> list[Misfit]:
    replay = written.get("replay")
    if (replay is None) == (source.folder == REPLAY):
        return [("replay", f"what the replay gives says so, in a folder {STEPS}/{REPLAY}")]
    if replay is None:
        return []
    if not isinstance(replay, dict) or replay.keys() != {"gives", "grid"}:
        return [("replay", f"replay: expected gives and grid, found {replay!r}")]
    if replay["gives"] not in list(GIVES):
        return [("replay", f"replay gives {replay['gives']}; allowed: {', '.join(GIVES)}")]
    return []
