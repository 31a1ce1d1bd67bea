"""What forecasts were worth, cell by cell, against chance, past frequencies, a walk, an oracle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path

from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups.cells import PRIMARY as PRIMARY
from spymaster.setups.cells import Cell as Cell
from spymaster.setups.cells import bins, by_cell, calibrate, judged
from spymaster.setups.hidden import hidden_types
from spymaster.setups.names import Row
from spymaster.setups.past import counted
from spymaster.warehouse.relations import rows_of

WARM_UP = 6
"""Sessions that one convention leaves out: nothing can be claimed in them."""
CONTROLS = ("ROUND_25", "ROUND_50")
"""Kinds of levels at which nothing is expected."""
IS_PLACEBO = f"""
    len(list_filter(
        list_zip(touches.level_ids, touches.kinds),
        lambda level: not (starts_with(level[1], 'PLACEBO') or level[2] in {CONTROLS})
    )) = 0 as is_placebo
"""
"""Column of a query that has touches: whether all levels that were touched at once are controls."""
SCORED = """
    select
        forecasts.*,
        outcomes.outcome,
        decisions.price,
        candidates.mean_distance,
        {is_placebo}
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
    """Gain and CUSUM of each scored session of the declared cell, at all levels and controls."""
    bins: list[Row] = field(default_factory=list)
    """Odds given and what came, by tenths, of the declared cell."""

    def to_json(self) -> Row:
        """Return it as plain values; an end that nobody knows is None, for JSON has no infinity."""
        found = asdict(self)
        for cell, own in zip(self.cells, found["cells"], strict=True):
            own["share"] = cell.share
            own["gain"] = {name: _finite(end) for name, end in own["gain"].items()}
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
        rows = rows_of(
            connection,
            SCORED.format(is_placebo=IS_PLACEBO, counted=counted(settings, "forecasts.session")),
        )
        ((leaks,),) = connection.execute(LEAKS).fetchall()
        flags = connection.execute(FLAGS).fetchall()
    for own in by_cell(rows).values():
        # a forecast does not know which levels are controls, so that its claim is about all
        calibrate(own)
    left_out = set(sorted({row["session"] for row in rows})[:warm_up])
    kept = [r for r in rows if r["is_placebo"] == placebo and r["session"] not in left_out]
    groups = by_cell(kept)
    said = ("wait_s", "horizon_s", "session", "last_session", "last_gain", "cusum", "is_flagged")
    record = [dict(zip(said, row, strict=True)) for row in flags]
    return Verdict(
        judged(groups, hidden),
        leaks,
        placebo,
        flagged=[row for row in record if row["is_flagged"]],
        record=_scored(row for row in record if (row["wait_s"], row["horizon_s"]) == PRIMARY),
        bins=bins(groups.get(PRIMARY, [])),
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _scored(record: Iterable[Row]) -> list[Row]:
    """Return one row for each session that was scored; after one that was not they repeat it."""
    return list({row["last_session"]: row for row in record}.values())
