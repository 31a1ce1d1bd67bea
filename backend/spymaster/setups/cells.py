"""What forecasts of one wait and horizon were worth, against chance and who knows the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from spymaster.setups import scoring
from spymaster.setups.names import OUTCOMES, Row
from spymaster.setups.scoring import Array, Interval

PRIMARY = (60, 120)
"""Wait and horizon of the cell that is declared before anything is looked at; Holm for the rest."""
KINDS = ("p", "reference", "base", "null")


@dataclass(frozen=True)
class Cell:
    """What forecasts of one wait and horizon were worth; gains are in nats, mean over setups."""

    wait_s: int
    horizon_s: int
    n: int
    sessions: int
    gain: Interval
    """Against the best that is said without the flow."""
    gain_base: float
    gain_null: float
    brier: float
    brier_reference: float
    ranked: float
    ranked_reference: float
    chance: float
    """How often chance alone is as far from 0, for all cells but the declared one together."""
    quartiles: list[float]
    """Gain of those with the nearest neighbours, and so on."""
    oracle: float | None = None
    """Gain of who knows the hidden types."""
    oracle_held: float | None = None
    """How many 80 % intervals hold what that one says."""
    held: float | None = None
    """How many hold how often it came where such odds were given; None with a single session."""
    held_error: float | None = None
    """Standard error of the latter, root mean square, beside half an interval's width."""
    half_width: float | None = None

    @property
    def share(self) -> float | None:
        """Part of the oracle's gain; none where it has none."""
        return self.gain.value / self.oracle if self.oracle and self.oracle > 0 else None


def by_cell(rows: Sequence[Row]) -> dict[tuple[int, int], list[Row]]:
    """Return scored setups by wait and horizon."""
    keys = sorted({(row["wait_s"], row["horizon_s"]) for row in rows})
    return {key: [r for r in rows if (r["wait_s"], r["horizon_s"]) == key] for key in keys}


def judged(groups: dict[tuple[int, int], list[Row]], hidden: Any) -> list[Cell]:
    """Return what each cell was worth; ``hidden`` tells the type of a setup, None if nobody can."""
    chances = _chances(groups)
    return [_cell(key, own, chances[key], hidden) for key, own in groups.items()]


def _odds(rows: Sequence[Row], kind: str) -> Array:
    found: Array = np.array([[row[f"{kind}_{name}"] for name in OUTCOMES] for row in rows])
    return found


def _came(rows: Sequence[Row]) -> Any:
    return np.array([OUTCOMES.index(row["outcome"]) for row in rows], np.intp)


def _gains(rows: Sequence[Row]) -> Array:
    came = _came(rows)
    found: Array = scoring.losses(_odds(rows, "reference"), came) - scoring.losses(
        _odds(rows, "p"), came
    )
    return found


def _chances(groups: dict[tuple[int, int], list[Row]]) -> dict[tuple[int, int], float]:
    """Return how likely each cell's gain is by chance: all but the declared one held together."""
    raw = {key: scoring.chance(_gains(own), _sessions(own)) for key, own in groups.items()}
    rest = [key for key in raw if key != PRIMARY]
    held = dict(zip(rest, scoring.holm([raw[key] for key in rest]), strict=True))
    return raw | held


def _sessions(rows: Sequence[Row]) -> list[date]:
    return [row["session"] for row in rows]


def _cell(
    key: tuple[int, int],
    rows: Sequence[Row],
    chance: float,
    hidden: Any,
) -> Cell:
    came, gains = _came(rows), _gains(rows)
    odds = {kind: _odds(rows, kind) for kind in KINDS}
    loss = {kind: float(scoring.losses(odds[kind], came).mean()) for kind in KINDS}
    oracle = oracle_held = None
    if hidden is not None:
        kinds = [hidden(row) for row in rows]
        known = scoring.oracle(kinds, _sessions(rows), came)
        oracle = loss["reference"] - float(scoring.losses(known, came).mean())
        oracle_held = _held(rows, known)
    return Cell(
        *key,
        n=len(rows),
        sessions=len(set(_sessions(rows))),
        gain=scoring.interval(gains, _sessions(rows)),
        gain_base=loss["base"] - loss["p"],
        gain_null=loss["null"] - loss["p"],
        brier=float(scoring.brier(odds["p"], came).mean()),
        brier_reference=float(scoring.brier(odds["reference"], came).mean()),
        ranked=float(scoring.ranked(odds["p"], came).mean()),
        ranked_reference=float(scoring.ranked(odds["reference"], came).mean()),
        chance=chance,
        quartiles=_quartiles(rows, gains),
        oracle=oracle,
        oracle_held=oracle_held,
        **_calibration(rows),
    )


def calibrate(rows: Sequence[Row]) -> None:
    """Note in rows of one cell how often each outcome came where such odds were given."""
    sessions = _sessions(rows)
    if len(set(sessions)) < 2:
        return
    odds, came = _odds(rows, "p"), np.eye(3)[_came(rows)]
    for at, name in enumerate(OUTCOMES):
        often, error = scoring.calibrated(odds[:, at], came[:, at], sessions)
        for row, one, other in zip(rows, often.tolist(), error.tolist(), strict=True):
            row[f"often_{name}"], row[f"error_{name}"] = one, other


def _calibration(rows: Sequence[Row]) -> dict[str, Any]:
    if any("often_break" not in row for row in rows):
        return {}
    widths = [row[f"{name}_high"] - row[f"{name}_low"] for row in rows for name in OUTCOMES]
    return {
        "held": _held(rows, _odds(rows, "often")),
        "held_error": float(np.sqrt(np.mean(_odds(rows, "error") ** 2))),
        "half_width": float(np.mean(widths)) / 2,
    }


def _held(rows: Sequence[Row], known: Array) -> float:
    inside = [
        row[f"{name}_low"] <= known[at, n] <= row[f"{name}_high"]
        for at, row in enumerate(rows)
        for n, name in enumerate(OUTCOMES)
    ]
    return float(np.mean(inside))


def _quartiles(rows: Sequence[Row], gains: Array) -> list[float]:
    """Return the mean gain of those with the nearest neighbours to those with the farthest."""
    far = np.array([np.nan if r["mean_distance"] is None else r["mean_distance"] for r in rows])
    known = np.flatnonzero(~np.isnan(far))
    if len(known) < 4:
        return []
    order = known[np.argsort(far[known], kind="stable")]
    return [float(gains[part].mean()) for part in np.array_split(order, 4)]


def bins(rows: Sequence[Row]) -> list[Row]:
    """Return mean odds and how often it came, by tenths of the odds, all outcomes together."""
    if not rows:
        return []
    given = _odds(rows, "p").ravel()
    came = np.eye(3)[_came(rows)].ravel()
    tenth = np.minimum((given * 10).astype(int), 9)
    return [
        {
            "odds": float(given[tenth == n].mean()),
            "came": float(came[tenth == n].mean()),
            "n": int((tenth == n).sum()),
        }
        for n in range(10)
        if (tenth == n).any()
    ]
