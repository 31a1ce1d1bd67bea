"""The numbers of a setup's vector: a feature of the registry at a place around the price."""

from __future__ import annotations

from dataclasses import dataclass

from spymaster.features.feature import Feature

BLOCKS = ("states", "touch", "tape")
"""Parts of the distance between two vectors, in the order of their numbers."""
PLACES = {
    "front": "states",
    "back": "states",
    "touch_front": "touch",
    "touch_back": "touch",
    "touch": "touch",
    "tape": "tape",
}
"""Where a feature is taken, and its block: the side that stops the travel and the one behind it,
over five bands from the level or 20 ticks from the own quote; the one behind against the other;
trades and best queues."""
SOURCES = {"touch": "touch", "tape": "setups.tape_segments"}
"""Rows that a place's feature is computed from, where it is not one side's."""


@dataclass(frozen=True)
class SetupColumn:
    """One number of each piece of time."""

    feature: Feature
    place: str

    @property
    def name(self) -> str:
        """Name without the piece of time, such as pull_add__touch_front."""
        return f"{self.feature.name}__{self.place}"

    @property
    def block(self) -> str:
        """Part of the distance that it belongs to."""
        return PLACES[self.place]

    @property
    def source(self) -> str:
        """Rows that it is computed from."""
        return SOURCES.get(self.place, "sides")

    @property
    def formula(self) -> str:
        """SQL over those rows; of the tape they hold it already, seen along the travel."""
        return self.feature.name if self.place == "tape" else self.feature.formula
