"""Families of features, each feature one formula in SQL, checked and put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from spymaster.errors import ModelError
from spymaster.features import files, wide
from spymaster.features.feature import Feature
from spymaster.features.formula import support_of
from spymaster.features.misfits import misfits
from spymaster.features.setup import BLOCKS, SetupColumn


class Registry(Mapping[str, tuple[Feature, ...]]):
    """The features of each relation, read when first asked for; of others, none.

    Parameters
    ----------
    sql
        Folder of the models; without a registry in it no relation has features.
    """

    def __init__(self, sql: Path) -> None:
        self._sql = sql

    def __getitem__(self, relation: str) -> tuple[Feature, ...]:
        return self._features.get(relation, ())

    def __iter__(self) -> Iterator[str]:
        return iter(self._features)

    def __len__(self) -> int:
        return len(self._features)

    @cached_property
    def rows(self) -> dict[str, int]:
        """How many rows a relation has per bucket, and per level where it has levels."""
        return self._files.rows

    @cached_property
    def core(self) -> dict[str, tuple[Feature, ...]]:
        """The features of each relation that the wide form carries."""
        return {name: tuple(f for f in self[name] if f.is_core) for name in self}

    @cached_property
    def wide(self) -> tuple[wide.Part, ...]:
        """What the wide form is put together from, in the order of its columns."""
        return wide.parts(self.core)

    @cached_property
    def setup(self) -> tuple[SetupColumn, ...]:
        """What a setup's vector holds of each piece of time, block by block."""
        found = [
            SetupColumn(feature, place)
            for key, family in self._files.families.items()
            for name, places in family.get("setup", {}).items()
            for feature in [next(f for f in _family(key, family) if f.name == name)]
            for place in places
        ]
        return tuple(sorted(found, key=lambda column: BLOCKS.index(column.block)))

    def shown(self, relation: str) -> tuple[Feature, ...]:
        """Return the features that the columns of a relation end with."""
        return wide.columns_of(self.wide) if relation == wide.RELATION else self[relation]

    @cached_property
    def _files(self) -> files.Files:
        return files.read(self._sql)

    @cached_property
    def _features(self) -> dict[str, tuple[Feature, ...]]:
        families, places = self._files.families, self._files.places
        problems = [
            f"{places[key]}: {problem}"
            for key in families
            for problem in misfits(key, families[key])
        ]
        features = [] if problems else [f for key in families for f in _family(key, families[key])]
        problems += [*_doubles(features), *_uncounted(features, self.rows)]
        if problems:
            raise ModelError("\n".join(problems))
        found = {name: tuple(f for f in features if f.relation == name) for name in self.rows}
        return {name: registered for name, registered in found.items() if registered}


def _doubles(features: Iterable[Feature]) -> list[str]:
    counted = Counter((feature.relation, feature.name) for feature in features)
    return [
        f"{files.FOLDER}: {relation} has {count} features called {name}"
        for (relation, name), count in counted.items()
        if count > 1
    ]


def _uncounted(features: Iterable[Feature], rows: Mapping[str, int]) -> list[str]:
    found = dict.fromkeys(feature.relation for feature in features)
    where = f"{files.FOLDER}/{files.RELATIONS}"
    return [f"{where}: {relation} is missing" for relation in found if relation not in rows]


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
