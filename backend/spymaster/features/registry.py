"""Reading ``sql/features.yml``: families of features, each feature one formula in SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from spymaster.errors import ModelError
from spymaster.features import wide
from spymaster.features.feature import Feature
from spymaster.features.formula import support_of

FILE = "features.yml"
ROWS = "rows"
"""The one key of the file that is no family."""
REQUIRED = ("relation", "meaning", "unit", "states", "source", "features")
OPTIONAL = ("range", "supported", "core")


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
    def rows(self) -> dict[str, int]:
        """How many rows a relation has per bucket, and per level where it has levels."""
        return dict(self._written.get(ROWS, {}))

    @cached_property
    def core(self) -> dict[str, tuple[Feature, ...]]:
        """The features of each relation that the wide form carries."""
        return {name: tuple(f for f in self[name] if f.is_core) for name in self}

    @cached_property
    def wide(self) -> tuple[wide.Part, ...]:
        """What the wide form is put together from, in the order of its columns."""
        return wide.parts(self.core)

    def shown(self, relation: str) -> tuple[Feature, ...]:
        """Return the features that the columns of a relation end with."""
        return wide.columns_of(self.wide) if relation == wide.RELATION else self[relation]

    @cached_property
    def _written(self) -> dict[str, Any]:
        return _load(self._path) if self._path.exists() else {}

    @cached_property
    def _features(self) -> dict[str, tuple[Feature, ...]]:
        families = {key: family for key, family in self._written.items() if key != ROWS}
        problems = [problem for key in families for problem in _misfits(key, families[key])]
        features = [] if problems else [f for key in families for f in _family(key, families[key])]
        problems += [*_doubles(features), *_uncounted(features, self.rows)]
        if problems:
            label = _label(self._path)
            raise ModelError("\n".join(f"{label}: {problem}" for problem in problems))
        relations = dict.fromkeys(feature.relation for feature in features)
        return {name: tuple(f for f in features if f.relation == name) for name in relations}


def _load(path: Path) -> dict[str, Any]:
    import yaml

    try:
        written = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
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


def _uncounted(features: Iterable[Feature], rows: Mapping[str, int]) -> list[str]:
    found = dict.fromkeys(feature.relation for feature in features)
    return [f"{ROWS}: {relation} is missing" for relation in found if relation not in rows]


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
    for name in set(family.get("core", ())) - set(family.get("features") or ()):
        yield f"{key}: core {name} is none of its features"
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
                is_core=name in family.get("core", ()),
            )
