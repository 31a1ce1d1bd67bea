"""Reading ``sql/features.yml``: families of features, each feature one formula in SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from spymaster.errors import ModelError
from spymaster.features.formula import support_of

FILE = "features.yml"
REQUIRED = ("relation", "meaning", "unit", "states", "source", "features")
OPTIONAL = ("range", "supported")


@dataclass(frozen=True)
class Feature:
    """One registered number of one relation."""

    name: str
    """Name of its column; those of its differences end in _d1, _d2 and _d3."""
    family: str
    relation: str
    """schema.table that carries it."""
    formula: str
    """SQL over the inputs that the relation computes."""
    support: str | None
    """SQL of what a ratio is over, None where it is not a ratio of counts."""
    low: float | None
    """Lowest value, None where there is none."""
    high: float | None
    unit: str
    states: tuple[int, ...]
    """Which of the four states it expresses."""
    source: str
    meaning: str

    @property
    def range(self) -> str:
        """Lowest and highest value in words, nothing where there is none."""
        return bounds(self.low, self.high)

    def width(self, order: int) -> float | None:
        """Return the largest size of the difference of an order 1 to 3, None without bounds.

        A difference lies between two numbers of the range of the order before.
        """
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) * 2.0 ** (order - 1)


def bounds(low: float | None, high: float | None) -> str:
    """Return a range as it is written in a header.

    >>> bounds(-1, 1), bounds(None, None)
    ('-1..1', '')
    """
    return "" if low is None or high is None else f"{low:g}..{high:g}"


class Registry(Mapping[str, tuple[Feature, ...]]):
    """The features of each relation, read when first asked for; of others, none.

    Parameters
    ----------
    sql
        Folder of the models; without a registry in it no relation has features.
    """

    def __init__(self, sql: Path) -> None:
        self._path = sql / FILE

    def __getitem__(self, relation: str) -> tuple[Feature, ...]:
        return self._features.get(relation, ())

    def __iter__(self) -> Iterator[str]:
        return iter(self._features)

    def __len__(self) -> int:
        return len(self._features)

    @cached_property
    def _features(self) -> dict[str, tuple[Feature, ...]]:
        if not self._path.exists():
            return {}
        families = _load(self._path)
        problems = [problem for key in families for problem in _misfits(key, families[key])]
        features = [] if problems else [f for key in families for f in _family(key, families[key])]
        problems += _doubles(features)
        if problems:
            label = _label(self._path)
            raise ModelError("\n".join(f"{label}: {problem}" for problem in problems))
        relations = dict.fromkeys(feature.relation for feature in features)
        return {name: tuple(f for f in features if f.relation == name) for name in relations}


def _load(path: Path) -> dict[str, Any]:
    import yaml

    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ModelError(f"{_label(path)}:{line}: {error.problem}") from error
    if not isinstance(written, dict):
        found = type(written).__name__
        raise ModelError(f"{_label(path)}: expected families by name, found {found}")
    return written


def _label(path: Path) -> str:
    """Return how errors call the registry, such as ``sql/features.yml``."""
    return f"{path.parent.name}/{path.name}"


def _doubles(features: Iterable[Feature]) -> list[str]:
    counted = Counter((feature.relation, feature.name) for feature in features)
    return [
        f"{relation} has {count} features called {name}"
        for (relation, name), count in counted.items()
        if count > 1
    ]


def _misfits(key: str, family: Any) -> Iterator[str]:
    if not isinstance(family, dict):
        yield f"{key}: expected keys and values, found {family!r}"
        return
    allowed = REQUIRED + OPTIONAL
    yield from (f"{key}: {name} is missing" for name in REQUIRED if name not in family)
    for name in family.keys() - set(allowed):
        yield f"{key}: unknown key {name}; allowed: {', '.join(allowed)}"
    bounds = family.get("range", [0, 1])
    if not (isinstance(bounds, list) and len(bounds) == 2 and bounds[0] < bounds[1]):
        yield f"{key}: range is {bounds!r}; expected [lowest, highest]"
    unknown = set(family.get("states") or ()) - {1, 2, 3, 4}
    if unknown:
        yield f"{key}: states {sorted(unknown)}; allowed: 1, 2, 3, 4"


def _family(key: str, family: dict[str, Any]) -> Iterator[Feature]:
    relations = family["relation"]
    low, high = family.get("range", (None, None))
    for relation in [relations] if isinstance(relations, str) else relations:
        for name, said in family["features"].items():
            given = said if isinstance(said, dict) else {"formula": said}
            formula = " ".join(str(given["formula"]).split())
            support = given.get("support", support_of(formula))
            yield Feature(
                name=name,
                family=key,
                relation=relation,
                formula=formula,
                support=support if family.get("supported", True) else None,
                low=low,
                high=high,
                unit=family["unit"],
                states=tuple(family["states"]),
                source=family["source"],
                meaning=" ".join(family["meaning"].split()),
            )
