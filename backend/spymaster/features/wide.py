"""The wide form: one row per level and bucket, a column for each core feature and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
OPTIONS = "options.pressure_5s"
SETS = ("0dte", "all")
OFFSETS = {"below": -1, "at": 0, "above": 1}
"""Prices that the wide form has the options of, by gaps between strikes from the level."""
OF_SET = ("exposure_slope", "exposure_distance")
"""Families whose features are the same at every price around a level."""


@dataclass(frozen=True)
class Part:
    """The features of one place."""

    source: str
    """Relation whose columns they are; of cells put together, ``spans``."""
    place: str
    """Such as ask_above_near; nothing where a relation has one row per level and bucket."""
    features: tuple[Feature, ...]
    where: tuple[tuple[str, str | int], ...] = ()
    """Columns of the source, and the value of each, that tell the rows of the place."""

    @property
    def is_always_there(self) -> bool:
        """Whether every bucket of a level has a row of it; a session may have no options."""
        return self.source != OPTIONS

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
    found = [Part("spans", span, cells, (("place", span),)) for span in SPANS]
    for relation, features in core.items():
        # what a side is like from its own best quote is part of the states
        if features and relation not in (*CELLS, "pressure.touch_5s"):
            found += _placed(relation, features)
    return tuple(found)


def _placed(relation: str, features: tuple[Feature, ...]) -> Iterator[Part]:
    """Yield the places that a relation has rows of."""
    if relation == "pressure.profiles_5s":
        for quarter in QUARTERS:
            side, _, zone = quarter.partition("_")
            yield Part(relation, quarter, features, (("side", side), ("zone", zone)))
    elif relation == OPTIONS:
        for expiries in SETS:
            yield from _around(expiries, features)
    else:
        yield Part(relation, "", features)


def _around(expiries: str, features: tuple[Feature, ...]) -> Iterator[Part]:
    """Yield the prices around a level, and what is the same at all of them."""
    for where, offset in OFFSETS.items():
        own = tuple(feature for feature in features if feature.family not in OF_SET)
        rows = (("expiry_set", expiries), ('"offset"', offset))
        yield Part(OPTIONS, f"{expiries}_{where}", own, rows)
    shared = tuple(feature for feature in features if feature.family in OF_SET)
    yield Part(OPTIONS, expiries, shared, (("expiry_set", expiries), ('"offset"', 0)))


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

    >>> _said("ask_above_near"), _said("bid_at"), _said("0dte_above"), _said("all")
    ('asks above near', 'bids at', '0dte options a strike above', 'all options')
    """
    first, _, where = place.partition("_")
    if first not in SETS:
        return f"{first}s {where.replace('_', ' ')}"
    prices = {"": "", "at": " at the level"}
    return f"{first} options" + prices.get(where, f" a strike {where}")
