"""What past setups say of a session's touches, as events at the buckets of the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from spymaster.stream import fields
from spymaster.stream.frames import Frames, Message, clock
from spymaster.stream.tables import Row
from spymaster.units import BUCKET_S


@dataclass
class Touch:
    """A touch of a session, with what the past says of it at one decision."""

    cluster_id: str
    level_ids: list[str]
    touched_at: datetime
    wait_s: int
    forecasts: list[Row] = field(default_factory=list)
    """One for each horizon."""
    cards: list[Row] = field(default_factory=list)
    """One for each neighbour and horizon, the nearest first."""


def events(
    frames: Frames, touches: Iterable[Touch], windows: Mapping[Any, datetime]
) -> dict[int, list[Message]]:
    """Return the messages by bucket.

    Parameters
    ----------
    windows
        When the window of each earlier session starts, which numbers its buckets.
    """
    found: dict[int, list[Message]] = {}
    for touch in touches:
        decided_at = touch.touched_at + timedelta(seconds=touch.wait_s)
        seq = _seq(decided_at, frames.window_start)
        found.setdefault(seq, []).append(_analogs(frames, seq, touch, windows))
    return found


def decided(touches: Iterable[Row], forecasts: list[Row], cards: list[Row]) -> Iterable[Touch]:
    """Yield each decision of each touch; the first one also without a past.

    Parameters
    ----------
    touches
        By when price came, then by level.
    forecasts, cards
        By wait, horizon and rank.
    """
    for touch in touches:
        waits = {0} | {row["wait_s"] for row in forecasts if _is_of(row, touch)}
        for wait in sorted(waits):
            told, shown = (
                [_sent(row) for row in rows if _is_of(row, touch) and row["wait_s"] == wait]
                for rows in (forecasts, cards)
            )
            at = touch["bucket_end"]
            yield Touch(touch["level_id"], list(touch["level_ids"]), at, wait, told, shown)


def _is_of(row: Row, touch: Row) -> bool:
    return (row["cluster_id"], row["touched_at"]) == (touch["level_id"], touch["bucket_end"])


def _sent(row: Row) -> Row:
    return {
        name: round(value, 4) + 0.0 if isinstance(value, float) else value
        for name, value in row.items()
    }


def _analogs(frames: Frames, seq: int, touch: Touch, windows: Mapping[Any, datetime]) -> Message:
    has_past = any(row["n_sessions"] for row in touch.forecasts)
    at = frames.envelope("analogs", seq)
    del at["final"]
    horizons = [row["horizon_s"] for row in touch.forecasts]
    return {
        **at,
        "level_id": touch.level_ids[0],
        "level_ids": touch.level_ids,
        "touched_at": clock(touch.touched_at),
        "wait_s": touch.wait_s,
        "horizons": [_horizon(row) for row in touch.forecasts] if has_past else [],
        "cards": list(_cards(touch.cards, horizons, windows)) if has_past else [],
        "why": None if has_past else "no_history",
    }


def _horizon(row: Row) -> Message:
    """A forecast that should not be read is not sent, only on what little it stands."""
    return {
        **{name: row[name] for name in fields.FORECAST},
        **{outcome: None if row["why"] else _chance(row, outcome) for outcome in fields.OUTCOMES},
        "why": row["why"],
    }


def _chance(row: Row, outcome: str) -> Message:
    return {name: row[column.format(outcome)] for name, column in fields.CHANCE.items()}


def _cards(
    cards: Iterable[Row], horizons: list[int], windows: Mapping[Any, datetime]
) -> Iterable[Message]:
    by_rank: dict[int, dict[int, Row]] = {}
    for row in cards:
        by_rank.setdefault(row["rank"], {})[row["horizon_s"]] = row
    for rank in sorted(by_rank)[: fields.CARDS_SHOWN]:
        of_horizon = by_rank[rank]
        first = next(iter(of_horizon.values()))
        ends = [of_horizon.get(horizon, {}) for horizon in horizons]
        touched_at = first["neighbour_touched_at"]
        yield {
            "session": first["neighbour_session"].isoformat(),
            "touched_at": clock(touched_at),
            "seq": _seq(touched_at, windows[first["neighbour_session"]]),
            "level_id": first["neighbour_cluster_id"],
            "distance": first["distance"],
            "outcomes": [end.get("outcome") for end in ends],
            "mfe_sigma": [end.get("mfe_sigma") for end in ends],
            "mae_sigma": [end.get("mae_sigma") for end in ends],
        }


def _seq(at: datetime, window_start: datetime) -> int:
    return int((at - window_start).total_seconds()) // BUCKET_S
