"""What forecasts were worth, cell by cell, against chance, past frequencies, a walk, an oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups import scoring
from spymaster.setups.hidden import hidden_types
from spymaster.setups.past import counted
from spymaster.setups.scoring import OUTCOMES, Array, Interval

PRIMARY = (60, 120)
"""Wait and horizon of the cell that is declared before anything is looked at; Holm for the rest."""
WARM_UP = 6
"""Sessions that one convention leaves out: nothing can be claimed in them."""
CONTROLS = ("ROUND_25", "ROUND_50")
"""Kinds of levels at which nothing is expected."""
KINDS = ("p", "reference", "base", "null")
SCORED = """
    select
        forecasts.*,
        outcomes.outcome,
        decisions.price,
        candidates.mean_distance,
        starts_with(outcomes.cluster_id, 'PLACEBO') or touches.kinds[1] in {controls} as is_placebo
    from analogs.forecasts
    inner join analogs.candidates using (session, cluster_id, touched_at, wait_s, horizon_s)
    inner join setups.outcomes using (session, cluster_id, touched_at, wait_s, horizon_s)
    inner join setups.decisions using (session, cluster_id, touched_at, wait_s)
    inner join pressure.touches
        on
            forecasts.session = touches.session
            and forecasts.cluster_id = touches.cluster_id
            and forecasts.touched_at = touches.bucket_end
    where outcomes.outcome is not null and {counted}
    order by forecasts.session, touched_at, cluster_id, wait_s, horizon_s
"""
LEAKS = "select count(*) from analogs.neighbours where neighbour_session >= session"
FLAGS = """
    select wait_s, horizon_s, session, last_session, last_gain, cusum, is_flagged
    from analogs.reliability
    order by wait_s, horizon_s, session
"""
Row = dict[str, Any]


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
    covered: float | None = None
    """How many 80 % intervals hold what that one says."""

    @property
    def share(self) -> float | None:
        """Part of the oracle's gain; none where it has none."""
        return self.gain.value / self.oracle if self.oracle and self.oracle > 0 else None


@dataclass(frozen=True)
class Verdict:
    """All cells, and whether anything of it could have known the future."""

    cells: list[Cell]
    leaks: int
    """Neighbours that are not of an earlier session."""
    is_placebo: bool
    flagged: list[Row] = field(default_factory=list)
    """Sessions before which the record said that the market no longer does what it did."""
    record: list[Row] = field(default_factory=list)
    """Gain and CUSUM of each session of the declared cell."""
    bins: list[Row] = field(default_factory=list)
    """Odds given and what came, by tenths, of the declared cell."""

    def to_json(self) -> Row:
        """Return it as plain values."""
        found = asdict(self)
        for cell, own in zip(self.cells, found["cells"], strict=True):
            own["share"] = cell.share
        return found


def evaluate(
    settings: Settings,
    *,
    placebo: bool = False,
    truth: Path | None = None,
    warm_up: int = 0,
) -> Verdict:
    """Return what forecasts of all sessions were worth.

    Parameters
    ----------
    placebo : bool
        Of the control levels alone; without it, of all others.
    truth : Path
        Folder with what a simulation had decided, at any depth below it.
    warm_up : int, sessions
        First ones left out.

    Raises
    ------
    UsageError
        Where nothing is published, or the folder holds no truth.
    """
    hidden = hidden_types(truth) if truth else None
    with catalog(settings) as connection:
        result = connection.execute(
            SCORED.format(controls=CONTROLS, counted=counted(settings, "forecasts.session"))
        )
        names = [column[0] for column in result.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        ((leaks,),) = connection.execute(LEAKS).fetchall()
        flags = connection.execute(FLAGS).fetchall()
    left_out = set(sorted({row["session"] for row in rows})[:warm_up])
    kept = [r for r in rows if r["is_placebo"] == placebo and r["session"] not in left_out]
    keys = sorted({(row["wait_s"], row["horizon_s"]) for row in kept})
    groups = {key: [r for r in kept if (r["wait_s"], r["horizon_s"]) == key] for key in keys}
    chances = _chances(groups)
    cells = [_cell(key, own, chances[key], hidden) for key, own in groups.items()]
    said = ("wait_s", "horizon_s", "session", "last_session", "last_gain", "cusum", "is_flagged")
    record = [dict(zip(said, row, strict=True)) for row in flags]
    return Verdict(
        cells,
        leaks,
        placebo,
        flagged=[row for row in record if row["is_flagged"]],
        record=[row for row in record if (row["wait_s"], row["horizon_s"]) == PRIMARY],
        bins=_bins(groups.get(PRIMARY, [])),
    )


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
    oracle = covered = None
    if hidden is not None:
        kinds = [hidden(row) for row in rows]
        known = scoring.oracle(kinds, _sessions(rows), came)
        oracle = loss["reference"] - float(scoring.losses(known, came).mean())
        covered = _covered(rows, known)
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
        covered=covered,
    )


def _covered(rows: Sequence[Row], known: Array) -> float:
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


def _bins(rows: Sequence[Row]) -> list[Row]:
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
