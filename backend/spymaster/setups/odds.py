"""What the past said of each touch of a session, with its analogs, for who looks back at a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from spymaster.setups.names import OUTCOMES, Row
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of

NEAREST = 3
"""Analogs that are named."""
FORECASTS = """
    select forecasts.*, outcomes.outcome, outcomes.why as outcome_why
    from analogs.forecasts({session}) as forecasts
    inner join setups.outcomes({session}) as outcomes
        using (session, cluster_id, touched_at, wait_s, horizon_s)
    where horizon_s = {horizon_s}
    qualify wait_s = max(wait_s) over (partition by cluster_id, touched_at)
    order by touched_at, cluster_id
"""
CARDS = """
    select
        cluster_id, touched_at, wait_s, rank, neighbour_session, neighbour_cluster_id,
        neighbour_touched_at, outcome
    from analogs.cards({session})
    where horizon_s = {horizon_s}
    order by touched_at, cluster_id, rank
"""


@dataclass(frozen=True)
class Odds:
    """What the past said of a touch as it was last decided about."""

    forecast: Row
    """Columns of analogs.forecasts, with the outcome from that decision on, and why without."""
    cards: tuple[Row, ...]
    """The most alike, nearest first, those that ended otherwise too."""

    @property
    def why(self) -> str | None:
        """In words, why the numbers say nothing; None where they may be read."""
        row = self.forecast
        if row["why"] == "too_few_sessions":
            plural = "s" * (row["n_sessions"] != 1)
            return f"no history: {row['n_sessions']} earlier session{plural}"
        return str(row["why"]).replace("_", " ") if row["why"] else None

    @property
    def counts(self) -> str:
        """How the most alike ended."""
        ended = [card["outcome"] for card in self.cards]
        known = ", ".join(f"{ended.count(name)} {name}" for name in OUTCOMES)
        return f"{known}, {ended.count(None)} unknown"


def odds(
    connection: duck.Connection, session: date, horizon_s: int
) -> dict[tuple[str, datetime], Odds]:
    """Return the odds of each touch, by the level that was reached first and when, UTC."""
    of = {"session": duck.literal(session), "horizon_s": horizon_s}
    cards: dict[tuple[Any, ...], list[Row]] = {}
    for card in rows_of(connection, CARDS.format(**of)):
        cards.setdefault(_decision(card), []).append(card)
    # a decision may have no neighbour though one before it has: the past may hold no such wait
    return {
        (row["cluster_id"], row["touched_at"]): Odds(row, tuple(cards.get(_decision(row), ())))
        for row in rows_of(connection, FORECASTS.format(**of))
    }


def _decision(row: Row) -> tuple[Any, ...]:
    return row["cluster_id"], row["touched_at"], row["wait_s"]
