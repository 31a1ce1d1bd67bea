"""What forecasts were worth: scores, and whether less comes true than used to."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from datetime import date

from reference.analogs.forecasts import (
    loss,
)
from reference.analogs.past import OUTCOMES, UNCLAIMED, WARM_UP, Odds, Touch
from reference.buckets import Row

SLACK, LIMIT = 1, 2.25


def scores(odds: Odds, came: str) -> dict[str, float]:
    """Return log loss, Brier score and ranked probability score of one forecast."""
    came_as = {outcome: float(outcome == came) for outcome in OUTCOMES}
    so_far, ranked = 0.0, 0.0
    for outcome in ("reject", "chop"):
        so_far += odds[outcome] - came_as[outcome]
        ranked += so_far**2
    brier = sum((odds[outcome] - came_as[outcome]) ** 2 for outcome in OUTCOMES)
    return {"loss": loss(odds[came]), "brier": brier, "ranked": ranked / 2}


def lean(odds: Odds, reference: Odds, came: str) -> tuple[float, float, float]:
    """Return what of a lean came true, its square, and the variance of the first.

    >>> sure, even = {"break": 0.9, "reject": 0.1}, {"break": 0.5, "reject": 0.5}
    >>> [round(each, 3) for each in lean(sure, even, "break")]
    [0.8, 0.64, 0.23]
    """
    way = {"break": 1, "reject": -1}.get(came, 0)
    said, without = (each["break"] - each["reject"] for each in (odds, reference))
    # where nothing is said rounding leaves a little
    lean = round(said - without, 9)
    # of the square what is expected less the square of what is
    spread = sum(odds[o] * (w - said) ** 2 for o, w in (("break", 1), ("reject", -1)))
    spread += (1 - odds["break"] - odds["reject"]) * said**2
    return lean * (way - without), lean**2, lean**2 * spread


def cusum(leans: Sequence[tuple[float, float, float]]) -> list[float]:
    """Return how far less came true than was usual before, session by session from the sixth on.

    >>> held = (4.0, 4.0, 1.0)
    >>> cusum([held] * 6)
    [0.0]
    >>> cusum([held] * 5 + [(0.0, 4.0, 1.0), (0.0, 4.0, 1.0)])[0]
    3.0
    """
    found: list[float] = []
    run = 0.0
    for at in range(WARM_UP, len(leans)):
        before = leans[:at]
        said = sum(one[1] for one in before)
        share = sum(one[0] for one in before) / said if said else 0.0
        misses = [
            (share * said - came) / math.sqrt(variance) if variance else None
            for came, said, variance in leans[: at + 1]
        ]
        own, known = misses[-1], [miss for miss in misses[:-1] if miss is not None]
        spread = max(1.0, statistics.stdev(known)) if len(known) > 1 else 1.0
        run = max(0.0, run + (own or 0.0) / spread - SLACK)
        found.append(run)
    return found


def reliability(
    forecasts: Mapping[Touch, Row], candidates: Mapping[Touch, Row], known: Mapping[Touch, str]
) -> Row | None:
    """Return what forecasts of earlier sessions were worth; None without any."""
    scored = sorted(
        (touch for touch in forecasts if touch in known), key=lambda t: (t[0], t[2], t[1])
    )
    if not scored:
        return None
    kinds: dict[str, dict[Touch, dict[str, float]]] = {}
    for touch in scored:
        said = {"": forecasts[touch]["p"], "_reference": forecasts[touch]["reference"]}
        said |= {f"_{kind}": candidates[touch][kind] for kind in ("base", "null")}
        for kind, odds in said.items():
            kinds.setdefault(kind, {})[touch] = scores(odds, known[touch])
    found: Row = {"n_setups": len(scored), "n_sessions": len({touch[0] for touch in scored})}
    means = {
        (kind, score): sum(one[score] for one in of.values()) / len(of)
        for kind, of in kinds.items()
        for score in ("loss", "brier", "ranked")
    }
    found["gain"] = means["_reference", "loss"] - means["", "loss"]
    for kind in ("_base", "_null"):
        found[f"gain{kind}"] = means[kind, "loss"] - means["", "loss"]
    for score in ("brier", "ranked"):
        found |= {f"{score}{kind}": means[kind, score] for kind in kinds}
    gains: dict[date, float] = {}
    for day in sorted({touch[0] for touch in scored}):
        own = [touch for touch in scored if touch[0] == day]
        saved = [kinds["_reference"][t]["loss"] - kinds[""][t]["loss"] for t in own]
        gains[day] = sum(saved) / len(saved)
    run = cusum(_leans([day for day in gains if _is_claimed(day, forecasts)], forecasts, known))
    found |= {"last_session": max(gains), "last_gain": gains[max(gains)]}
    found["cusum"] = run[-1] if run else None
    return found | {"is_flagged": bool(run) and run[-1] >= LIMIT}


def _leans(
    days: Sequence[date], forecasts: Mapping[Touch, Row], known: Mapping[Touch, str]
) -> list[tuple[float, float, float]]:
    found = []
    for day in days:
        own = [touch for touch in forecasts if touch in known and touch[0] == day]
        each = [lean(forecasts[t]["p"], forecasts[t]["reference"], known[t]) for t in own]
        came, said, variance = (sum(values) for values in zip(*each, strict=True))
        found.append((came, said, variance))
    return found


def _is_claimed(day: date, forecasts: Mapping[Touch, Row]) -> bool:
    return any(row["alpha"] < UNCLAIMED for touch, row in forecasts.items() if touch[0] == day)
