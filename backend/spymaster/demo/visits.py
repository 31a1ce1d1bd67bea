"""What pressure looked like when price came to a level, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spymaster.settings import Settings
from spymaster.units import NS_PER_SECOND, to_ns
from spymaster.warehouse import duck

MINUTE = 12
"""Buckets."""
ANSWER_S = 240
"""How long price is given to answer, seconds."""
VISITS = """
    with after as (
        select
            touches.level_id, touches.bucket_end, states_5s.bucket_end as seen_at, net, net_60s,
            vacuum_60s, touches.bucket_end + interval 1 minute = seen_at as is_minute_on
        from pressure.touches
        inner join pressure.states_5s using (session, level_id)
        where abs(date_diff('second', touches.bucket_end, seen_at)) <= 60
    ),
    pressed as (
        select
            level_id,
            bucket_end,
            any_value(net_60s) filter (where is_minute_on) as net,
            any_value(vacuum_60s) filter (where is_minute_on) as vacuum,
            list((date_diff('second', bucket_end, seen_at) // 5, net) order by seen_at) as nets
        from after
        group by level_id, bucket_end
    ),
    flows as (
        select
            touches.level_id,
            touches.bucket_end,
            sum(pull_qty) filter (where side = 'ask') / sum(pull_qty + add_qty)
                filter (where side = 'ask') as asks_pulled,
            sum(pull_qty) filter (where side = 'bid') / sum(pull_qty + add_qty)
                filter (where side = 'bid') as bids_pulled
        from pressure.touches
        inner join pressure.cells_5s using (session, level_id)
        where
            band between 1 and 5
            and (side, zone) in (('ask', 'above'), ('bid', 'below'))
            and cells_5s.bucket_end > touches.bucket_end
            and cells_5s.bucket_end <= touches.bucket_end + interval 1 minute
        group by touches.level_id, touches.bucket_end
    ),
    -- two dollars beyond the level or back, whichever comes first
    answers as (
        select
            touches.level_id,
            touches.bucket_end,
            arg_min(
                (mid > price) = (approach = 'from_below'), bbo_5s.bucket_end
            ) filter (where abs(mid - price) >= 2) as is_break,
            max(bbo_5s.bucket_end) as seen_to
        from pressure.touches
        inner join market.bbo_5s using (session)
        where
            bbo_5s.bucket_end > touches.bucket_end
            and bbo_5s.bucket_end <= touches.bucket_end + to_seconds({answer_s})
        group by touches.level_id, touches.bucket_end
    )
    select
        level_id, bucket_end, level_ids, price, approach, net, vacuum, nets, asks_pulled,
        bids_pulled,
        case
            when is_break then 'break'
            when not is_break then 'reject'
            when date_diff('second', bucket_end, seen_to) < {answer_s} then ''
            else 'chop'
        end as answer
    from pressure.touches
    left join pressed using (level_id, bucket_end)
    left join flows using (level_id, bucket_end)
    left join answers using (level_id, bucket_end)
    order by bucket_end
"""
LEVELS = """
    select level_id, min(price), max(price), min(bucket_end) - interval 5 seconds
    from pressure.levels_5s
    group by level_id
    order by level_id
"""
_NEAR_POINTS, _NEAR_S = 1, 30
"""How far what the simulator planted may be from a visit and still be about it."""


@dataclass(frozen=True)
class Visit:
    """One time that price came to a level; what is null in SQL is None."""

    at: datetime
    """Local."""
    level_ids: tuple[str, ...]
    """Levels that price came to at once, the one first that it is shown at."""
    price: float
    """Of the level, points."""
    from_below: bool
    net: float | None
    """Of the minute after arrival as one: what net_60s is at its end."""
    vacuum: float | None
    """The same of vacuum_60s."""
    nets: dict[int, float | None]
    """Of five seconds, by bucket from arrival, which is 0, a minute back and a minute on."""
    asks_pulled: float | None
    """Pulled of all that was pulled and added above the level in the minute after."""
    bids_pulled: float | None
    """The same of bids below it."""
    answer: str
    """break, reject, chop; nothing where the session ends too early."""
    planted: str
    """What the simulator had drawn: the same, or nothing where it planted nothing."""


@dataclass(frozen=True)
class Watched:
    """A tracked level and the visits to it, in time."""

    level_id: str
    low: float
    """Points; of an average the lowest it was."""
    high: float
    known: datetime
    """Local."""
    visits: tuple[Visit, ...]
    shown_at: tuple[str, ...] = ()
    """Other levels at which visits to this one too are shown."""


def read(connection: duck.Connection, settings: Settings, truth: Path) -> list[Watched]:
    """Return every tracked level of a warehouse of one session; ``truth`` is the simulator's."""
    planted = json.loads(truth.read_text(encoding="utf-8"))["touches"]
    rows = connection.execute(VISITS.format(answer_s=ANSWER_S)).fetchall()

    def visits(level_id: str) -> Iterator[Visit]:
        for own, at, ids, price, approach, net, vacuum, nets, *shares, answer in rows:
            if own == level_id:
                yield Visit(
                    at=settings.local(at),
                    level_ids=tuple(ids),
                    price=price,
                    from_below=approach == "from_below",
                    net=net,
                    vacuum=vacuum,
                    nets=dict(nets),
                    asks_pulled=shares[0],
                    bids_pulled=shares[1],
                    answer=answer,
                    planted=_planted(planted, price, at),
                )

    def others(level_id: str) -> tuple[str, ...]:
        return tuple(sorted({own for own, _, ids, *_ in rows if level_id in ids} - {level_id}))

    return [
        Watched(
            level_id, low, high, settings.local(known), tuple(visits(level_id)), others(level_id)
        )
        for level_id, low, high, known in connection.execute(LEVELS).fetchall()
    ]


def _planted(touches: list[dict[str, Any]], price: float, at: datetime) -> str:
    """Return the hidden type of what was planted here about now, nothing without."""
    at_ns = to_ns(at.replace(tzinfo=UTC))
    for touch in touches:
        is_now = abs(touch["start_ns"] - at_ns) <= _NEAR_S * NS_PER_SECOND
        if is_now and abs(touch["price"] - price) <= _NEAR_POINTS:
            return str(touch["hidden"])
    return ""
