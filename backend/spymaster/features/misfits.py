"""What is wrong with a family of the registry, before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import isfinite
from reprlib import repr as brief
from typing import Any, NamedTuple

from spymaster.features.setup import PLACES

REQUIRED = ("relation", "meaning", "unit", "states", "source", "features")
SOURCE = re.compile(r"\w+ (1[89]|20)\d\d\b")
"""An author, or own, and a year."""
OPTIONAL = ("range", "supported", "core", "setup")
NOTHING = object()


class Kind(NamedTuple):
    """What the value of a key has to be."""

    words: str
    holds: Callable[[Any], bool]


KINDS = {
    "relation": Kind(
        "a relation or a list of them", lambda found: _is_text(found) or _all(found, _is_text)
    ),
    "meaning": Kind("a text", lambda found: _is_text(found)),
    "unit": Kind("a text", lambda found: _is_text(found)),
    "range": Kind("[lowest, highest]", lambda found: _is_range(found)),
    "states": Kind("a list of 1 to 4", lambda found: _all(found, _is_state)),
    "features": Kind("formulas by name", lambda found: isinstance(found, dict)),
    "core": Kind("a list of features", lambda found: _all(found, _is_text)),
    "supported": Kind("true or false", lambda found: isinstance(found, bool)),
    "setup": Kind("places by feature", lambda found: _is_placed(found)),
}


def misfits(key: str, family: Any) -> Iterator[str]:
    """Yield what is wrong with a family as it is written, a line each."""
    if not isinstance(family, dict):
        yield f"{key}: expected keys and values, found {family!r}"
        return
    allowed = REQUIRED + OPTIONAL
    yield from (f"{key}: {name} is missing" for name in REQUIRED if name not in family)
    for name in family.keys() - set(allowed):
        yield f"{key}: unknown key {name}; allowed: {', '.join(allowed)}"
    wrong = list(_mistyped(family))
    yield from (f"{key}: {problem}" for problem in wrong)
    if wrong:
        return
    for name in set(family.get("core", ())) - set(family.get("features") or ()):
        yield f"{key}: core {name} is none of its features"
    if not SOURCE.search(str(family.get("source"))):
        yield f"{key}: source is {family.get('source')!r}; expected an author and a year"
    yield from _misplaced(key, family)
    unknown = set(family.get("states") or ()) - {1, 2, 3, 4}
    if unknown:
        yield f"{key}: states {sorted(unknown)}; allowed: 1, 2, 3, 4"


def _misplaced(key: str, family: dict[str, Any]) -> Iterator[str]:
    for name, places in family.get("setup", {}).items():
        if name not in (family.get("features") or ()):
            yield f"{key}: setup {name} is none of its features"
        for place in set(places) - PLACES.keys():
            yield f"{key}: setup place {place}; allowed: {', '.join(PLACES)}"


def _mistyped(family: dict[str, Any]) -> Iterator[str]:
    """Yield what is of another kind than the words that people read expect."""
    for name, expected in KINDS.items():
        found = family.get(name, NOTHING)
        if found is not NOTHING and not expected.holds(found):
            yield f"{name} is {brief(found)}; expected {expected.words}"
    features = family.get("features")
    for name, said in features.items() if isinstance(features, dict) else ():
        formula = said.get("formula") if isinstance(said, dict) else said
        if not isinstance(name, str) or not isinstance(formula, str | int | float):
            yield f"feature {name!r} is {brief(said)}; expected a name and a formula"


def _is_text(found: Any) -> bool:
    return isinstance(found, str)


def _is_placed(found: Any) -> bool:
    return isinstance(found, dict) and all(_all(places, _is_text) for places in found.values())


def _is_state(found: Any) -> bool:
    return isinstance(found, int)


def _is_range(found: Any) -> bool:
    return _all(found, _is_number) and len(found) == 2 and found[0] < found[1]


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)


def _all(found: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(found, list) and all(map(holds, found))
