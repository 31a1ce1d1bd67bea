"""The message of a bucket, from the rows of a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from spymaster.stream import fields, reasons
from spymaster.stream.sources import ORDERS
from spymaster.stream.tables import Growing, Table
from spymaster.units import BUCKET_S

Message = dict[str, Any]
NULL_STEPS = [None] * len(fields.OFFSETS)


def clock(at: datetime) -> str:
    """Return a time, UTC, as the stream writes it.

    >>> clock(datetime(2024, 3, 5, 15, 28, 25))
    '2024-03-05T15:28:25Z'
    """
    return f"{at.isoformat()}Z"


@dataclass(frozen=True)
class Frames:
    """Makes messages of one session's buckets."""

    session: str
    window_start: datetime
    """UTC, naive."""
    tables: Mapping[str, Table | Growing]

    def end_of(self, seq: int) -> datetime:
        """Return when a bucket ends."""
        return self.window_start + timedelta(seconds=BUCKET_S * seq)

    def envelope(self, kind: str, seq: int) -> Message:
        """Return what every message of a bucket begins with."""
        at = {"seq": seq, "bucket_end": clock(self.end_of(seq)), "final": True}
        return {"type": kind, "session": self.session, **at}

    def level_ids(self, seq: int) -> list[str]:
        """Return the levels in use, by price from the top."""
        return self.tables["levels"].column("level_id", seq)

    def bucket(self, seq: int) -> Message:
        """Return the message of a bucket."""
        quality = self.tables["quality"].row(seq)
        return {
            **self.envelope("bucket", seq),
            "market": self._market(seq),
            "quality": {**quality, "why": reasons.absent(quality.items(), "no_orders")},
            "levels": [self._level(seq, level_id) for level_id in self.level_ids(seq)],
            "touches": self._touches(seq),
        }

    def _market(self, seq: int) -> Message:
        tables = self.tables
        ticks = tables["trades"].column("tick", seq)
        market = {
            **tables["quotes"].row(seq),
            **tables["tape"].row(seq),
            **tables["imbalance"].row(seq),
            "low_tick": min(ticks, default=None),
            "high_tick": max(ticks, default=None),
        }
        why = reasons.of_market(market)
        if not tables["tape"].has(seq):
            why["buy_sell"] = "no_level"
        return {**market, "why": why}

    def _level(self, seq: int, level_id: str) -> Message:
        key = (seq, level_id)
        state = self.tables["states"].row(*key)
        phase = self.tables["phases"].row(*key)
        steps = self._steps(fields.BOOK_LADDER, *key)
        why = reasons.of_level(state, seq) | reasons.of_steps(steps)
        return {
            "level_id": level_id,
            **{name: state[name] for name in fields.PLACE},
            **phase,
            "reach": {name: state[column] for name, column in fields.REACH.items()},
            "level": _frame(state, fields.FRAME, ORDERS),
            "touch": _frame(state, fields.FRAME, [f"_touch{order}" for order in ORDERS]),
            "minute": _frame(state, fields.MINUTE, ("", "_c30s")),
            "why": why | self._lacking(state, phase),
            "ladder": {"offset": list(fields.OFFSETS), **steps},
        }

    def _lacking(self, state: Message, phase: Message) -> Message:
        reach = ((column, state[column]) for column in fields.REACH.values())
        return reasons.absent([*reach, *phase.items()], "no_quote")

    def _steps(self, names: Iterable[str], *key: Any) -> dict[str, list[Any]]:
        ladder = self.tables["ladder"]
        return {name: ladder.column(name, *key) or NULL_STEPS for name in names}

    def _touches(self, seq: int) -> list[Message]:
        touches = self.tables["touches"]
        columns = {name: touches.column(name, seq) for name in fields.TOUCH}
        count = len(columns["level_id"])
        return [{name: _plain(columns[name][at]) for name in fields.TOUCH} for at in range(count)]


def _plain(value: Any) -> Any:
    """Return a list of DuckDB as JSON has it."""
    return value if isinstance(value, str | int | float | None) else list(value)


def _frame(state: Message, names: Iterable[str], endings: Iterable[str]) -> Message:
    endings = tuple(endings)
    return {name: [state[f"{name}{ending}"] for ending in endings] for name in names}
