"""The wide form: one row per level and bucket, a column for each core feature and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spymaster.features.feature import Feature

RELATION = "pressure.features_5s"
CELLS = ("pressure.ratios_5s", "pressure.orders_5s")
"""Their features are computed anew on cells put together."""
SPANS = tuple(
    f"{side}_{where}"
    for side in ("ask", "bid")
    for where in ("at", "above_near", "above_far", "below_near", "below_far")
)
"""Cells put together: at the level, bands 1 and 2 (near), bands 3 to 5 (far)."""
QUARTERS = tuple(f"{side}_{zone}" for side in ("ask", "bid") for zone in ("above", "below"))


@dataclass(frozen=True)
class Part:
    """The features of one place."""

    source: str
    """Relation whose columns they are; of cells put together, ``spans``."""
    place: str
    """Such as ask_above_near; nothing where a relation has one row per level and bucket."""
    features: tuple[Feature, ...]

    @property
    def alias(self) -> str:
        """What a query calls the rows of this place."""
        return f"{self.source.split('.')[-1]}_{self.place}" if self.place else self.source

    def column(self, feature: Feature) -> str:
        """Return the name of a feature's column.

        >>> Part("spans", "ask_at", ()).column(Feature.named("pull_add"))
        'pull_add__ask_at'
        """
        return f"{feature.name}__{self.place}" if self.place else feature.name


def parts(core: Mapping[str, tuple[Feature, ...]]) -> tuple[Part, ...]:
    """Return what the wide form is put together from, given each relation's core features."""
    cells = tuple(feature for relation in CELLS for feature in core.get(relation, ()))
    found = [Part("spans", span, cells) for span in SPANS]
    for relation, features in core.items():
        # what a side is like from its own best quote is part of the states
        if features and relation not in (*CELLS, "pressure.touch_5s"):
            places = QUARTERS if relation == "pressure.profiles_5s" else ("",)
            found += [Part(relation, place, features) for place in places]
    return tuple(found)


def columns_of(wide: tuple[Part, ...]) -> tuple[Feature, ...]:
    """Return the features of the wide form under the names of their columns, without supports."""
    return tuple(
        replace(
            feature,
            name=part.column(feature),
            relation=RELATION,
            support=None,
            meaning=f"{feature.meaning}, {_said(part.place)}" if part.place else feature.meaning,
        )
        for part in wide
        for feature in part.features
    )


def _said(place: str) -> str:
    """Say a place in words.

    >>> _said("ask_above_near"), _said("bid_at")
    ('asks above near', 'bids at')
    """
    side, _, where = place.partition("_")
    return f"{side}s {where.replace('_', ' ')}"
