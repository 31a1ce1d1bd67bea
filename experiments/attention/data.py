"""Setups of a warehouse as arrays, and the sessions that each of them may be learnt from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import spymaster
from attention import declared
from spymaster.setups.examples import NAMES, STEPS
from spymaster.setups.hidden import NOTHING, hidden_touches
from spymaster.setups.names import OUTCOMES
from spymaster.units import BUCKET_NS

Array = np.ndarray
KINDS = {"base": "base", "null": "null", "analogs": "p", "reference": "reference"}
"""Odds that the product gave, and how their columns begin."""
PIECES = ((0, 3), (3, 6), (6, 12), (12, 24))
"""Steps of the four segments of a vector, the newest first."""
PATH = [NAMES.index(name) for name in ("dist_sigma__path", "move_sigma__path")]


@dataclass(frozen=True)
class World:
    """All setups of a warehouse whose outcome is known, in time; n of them."""

    name: str
    warehouse: Path
    keys: list[dict[str, Any]]
    """Session, cluster_id and touched_at of each."""
    session: Array
    """Place of its session in the order of ``days``, (n,)."""
    days: list[Any]
    came: Array
    """Place of its outcome in break, reject, chop, (n,)."""
    is_placebo: Array
    odds: dict[str, Array]
    """By the product, of its own day, (n, 3)."""
    v: Array
    """The product's vector, (n, 56), nan where not defined."""
    buckets: Array
    """Ratios of the buckets before the decision, the oldest first, (n, 24, 42)."""
    hidden: list[str] | None = None
    """What a simulation had decided."""
    planted: Array | None = None
    """Buckets in which the flow told it, (n, 24)."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What encoders made of its setups."""

    @cached_property
    def segments(self) -> Array:
        """The vector, and of each of its pieces the last distance and the whole move, (n, 64)."""
        newest = self.buckets[:, ::-1]
        distance, move = (newest[:, :, at] for at in PATH)
        ends = [distance[:, first] for first, _ in PIECES]
        moves = [np.nansum(move[:, first:last], axis=1) for first, last in PIECES]
        return np.column_stack([self.v, *ends, *moves])

    @cached_property
    def windows(self) -> tuple[Array, Array]:
        """Windows of all day at every level, (m, 24, 42), and the place of their session, (m,)."""
        with spymaster.connect(self.warehouse) as db:
            table = db.buckets(wait_s=None).arrow()
        place = {day: at for at, day in enumerate(self.days)}
        of = [place.get(day, len(self.days)) for day in table["session"][::STEPS].to_pylist()]
        return _stacked(table), np.array(of)

    def forget(self) -> None:
        """Let go of the windows, and of what was made of them."""
        self.__dict__.pop("windows", None)
        self.extra.clear()

    @property
    def reference(self) -> Array:
        """The best odds without flow, (n, 3)."""
        return self.odds["reference"]


def load(warehouse: Path) -> World:
    """Read the setups of a warehouse, and what a simulation hid where its files lie beside it."""
    wait_s, horizon_s = declared.CELL
    with spymaster.connect(warehouse) as db:
        table = db.examples(wait_s=wait_s, horizon_s=horizon_s).arrow()
        steps = db.buckets(wait_s=wait_s).arrow()
    rows = table.select(["session", "cluster_id", "touched_at", "decided_at", "price"]).to_pylist()
    place = {key: at for at, key in enumerate(_keys(steps))}
    chosen = [place[row["session"], row["cluster_id"], row["touched_at"]] for row in rows]
    days = sorted({row["session"] for row in rows})
    truth = _truth(warehouse, rows)
    return World(
        name=warehouse.resolve().parent.name,
        warehouse=warehouse,
        keys=rows,
        session=np.array([days.index(row["session"]) for row in rows], dtype=np.int64),
        days=days,
        came=np.array([OUTCOMES.index(name) for name in table["outcome"].to_pylist()]),
        is_placebo=table["is_placebo"].to_numpy(zero_copy_only=False).astype(bool),
        odds={kind: _odds(table, prefix) for kind, prefix in KINDS.items()},
        v=np.array(table["v"].to_pylist(), dtype=np.float64).reshape(len(rows), -1),
        buckets=_stacked(steps)[chosen],
        **truth,
    )


def _keys(steps: Any) -> Iterator[tuple[Any, ...]]:
    columns = (steps[name][::STEPS].to_pylist() for name in ("session", "cluster_id", "touched_at"))
    return zip(*columns, strict=True)


def _stacked(steps: Any) -> Array:
    """Return 24 rows a window, the newest first, as (m, 24, 42), the oldest first."""
    columns = [steps[name].to_numpy(zero_copy_only=False) for name in NAMES]
    wide = np.column_stack(columns).astype(np.float32).reshape(-1, STEPS, len(NAMES))
    return np.ascontiguousarray(wide[:, ::-1])


def _odds(table: Any, prefix: str) -> Array:
    return np.column_stack([table[f"{prefix}_{name}"].to_numpy() for name in OUTCOMES])


def _truth(warehouse: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    folder = warehouse.resolve().parent / "files"
    if not folder.is_dir():
        return {}
    touch_of = hidden_touches(folder)
    touches = [touch_of(row) for row in rows]
    planted = np.zeros((len(rows), STEPS), dtype=bool)
    for at, (row, touch) in enumerate(zip(rows, touches, strict=True)):
        if touch:
            end_ns = int(np.datetime64(row["decided_at"], "ns").astype(np.int64))
            ends = end_ns - BUCKET_NS * np.arange(STEPS)[::-1]
            planted[at] = (ends > touch["start_ns"]) & (ends - BUCKET_NS < touch["end_ns"])
    return {
        "hidden": [touch["hidden"] if touch else NOTHING for touch in touches],
        "planted": planted,
    }


@dataclass(frozen=True)
class Fold:
    """Which setups are learnt from, decide when to stop, and are forecast: places of rows."""

    train: Array
    valid: Array
    test: Array

    @property
    def past(self) -> Array:
        """All that are known before the test."""
        return np.concatenate([self.train, self.valid])


def folds(world: World) -> list[Fold]:
    """Return the blocks of tested sessions, each with the sessions before it."""
    count = len(world.days)
    tested = np.arange(count - int(np.ceil(count * declared.TEST_PART)), count)
    return [
        fold(world, block, np.arange(block[0]))
        for block in np.array_split(tested, declared.TEST_BLOCKS)
        if len(block)
    ]


def fold(world: World, block: Array, past: Array) -> Fold:
    """Return the rows of tested sessions, and of the past ones in two parts."""
    held = max(1, round(declared.VALIDATION_PART * len(past)))

    def rows(days: Array) -> Array:
        return np.flatnonzero(np.isin(world.session, days))

    return Fold(rows(past[:-held]), rows(past[-held:]), rows(block))


@dataclass(frozen=True)
class Scale:
    """Middle and spread of each input over what is learnt from; robust, as analogs.norms."""

    centre: Array
    spread: Array

    @classmethod
    def of(cls, values: Array) -> Scale:
        """Return it of the last axis."""
        flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
        flat = np.where(np.isnan(flat).all(axis=0), 0.0, flat)
        centre = np.nanmedian(flat, axis=0)
        deviation = 1.4826 * np.nanmedian(np.abs(flat - centre), axis=0)
        spread = np.where(deviation > 0, deviation, np.nanstd(flat, axis=0))
        return cls(centre, np.where(spread > 0, spread, 1.0))

    def __call__(self, values: Array) -> Array:
        """Return inputs: scaled values, 0 where there is none, then whether there is one."""
        scaled = np.clip((values - self.centre) / self.spread, -declared.CLIP, declared.CLIP)
        there = ~np.isnan(scaled)
        return np.concatenate([np.where(there, scaled, 0.0), there], axis=-1).astype(np.float32)
