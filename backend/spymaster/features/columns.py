"""The columns that a relation has because of its features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spymaster.features.feature import Feature, bounds
from spymaster.warehouse.columns import Column

ORDERS = {1: "first", 2: "second", 3: "third"}


def columns(features: Iterable[Feature]) -> tuple[Column, ...]:
    """Return value, support and differences of each feature, in order."""
    return tuple(column for feature in features for column in _columns(feature))


def _columns(feature: Feature) -> Iterator[Column]:
    said = f"{feature.meaning}; {feature.formula}"
    yield Column(feature.name, "DOUBLE", feature.range or feature.unit, said)
    if feature.support is not None:
        meaning = f"what {feature.name} is over; {feature.support}"
        yield Column(f"{feature.name}_support", "DOUBLE", "amount", meaning)
    for order, word in ORDERS.items():
        width = feature.width(order)
        unit = feature.unit if width is None else bounds(-width, width)
        meaning = f"{word} difference of {feature.name} over the buckets before"
        yield Column(f"{feature.name}_d{order}", "DOUBLE", unit, meaning)
