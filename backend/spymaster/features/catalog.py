"""The feature catalog as rows of text, for eyes."""

from __future__ import annotations

from pathlib import Path

from spymaster.errors import UsageError
from spymaster.features.feature import Feature
from spymaster.features.registry import Registry
from spymaster.warehouse.columns import SQL

HEADER = ("feature", "relation", "range", "states", "unit", "formula", "source", "meaning")


def catalog(relation: str | None = None, *, sql: Path = SQL) -> list[tuple[str, ...]]:
    """Return a row of ``HEADER`` for each feature of a relation, or of all.

    Parameters
    ----------
    relation : str
        Such as ``pressure.ratios_5s`` or ``ratios_5s``.

    Raises
    ------
    UsageError
        If no relation of that name has features.
    """
    registry = Registry(sql)
    return [_row(feature) for name in _names(registry, relation) for feature in registry[name]]


def count(relation: str | None = None, *, sql: Path = SQL) -> int:
    """Return how many values the features of a relation, or of all, have in a bucket.

    Of relations with levels, for one level; differences in time are not counted.

    Raises
    ------
    UsageError
        If no relation of that name has features.
    """
    registry = Registry(sql)
    names = _names(registry, relation)
    return sum(len(registry[name]) * registry.rows[name] for name in names)


def _names(registry: Registry, relation: str | None) -> list[str]:
    names = [name for name in registry if relation in (None, name, name.split(".")[1])]
    if not names:
        known = ", ".join(registry)
        raise UsageError(f"{relation} has no registered features; allowed: {known}")
    return names


def _row(feature: Feature) -> tuple[str, ...]:
    return (
        feature.name,
        feature.relation,
        feature.range,
        ",".join(map(str, feature.states)),
        feature.unit,
        feature.formula,
        feature.source,
        feature.meaning,
    )
