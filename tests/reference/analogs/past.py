"""What all derivations of analogs go by: rules, and what earlier sessions left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reference.buckets import Row

OUTCOMES = ("break", "reject", "chop")
UNCLAIMED = 1e9
WARM_UP = 5
"""Scored sessions before which nothing is claimed, nor looked for a drift."""
Odds = dict[str, float]
Touch = tuple[date, str, int]
"""Session, cluster and time of the touch."""
Vector = Sequence[float | None]


@dataclass(frozen=True)
class Rules:
    """The settings, and which block each number of a vector belongs to."""

    blocks: Sequence[str]
    weights: Mapping[str, float]
    k: int = 20
    cap: int = 2
    min_sessions: int = 20


@dataclass
class Past:
    """All that earlier sessions left, by wait and, of outcomes on, by horizon."""

    vectors: dict[int, dict[Touch, Vector]] = field(default_factory=dict)
    outcomes: dict[tuple[int, int], dict[Touch, str]] = field(default_factory=dict)
    candidates: dict[tuple[int, int], dict[Touch, Row]] = field(default_factory=dict)
    forecasts: dict[tuple[int, int], dict[Touch, Row]] = field(default_factory=dict)
    walks: dict[int, list[Row]] = field(default_factory=dict)
