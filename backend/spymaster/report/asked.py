"""What the page says of a session, asked of the published relations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from spymaster.read import tracked
from spymaster.setups.odds import Odds, odds
from spymaster.setups.touches import Touch, touches
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of

Row = dict[str, Any]
SESSION = "from market.sessions where session = {session} and instrument_id is not null"
LEVELS = """
    select
        level_id, min(price) as low, max(price) as high,
        min(bucket_end) - interval 5 seconds as known_at
    from pressure.levels_5s({session})
    group by level_id
    order by arg_max(price, bucket_end) desc, level_id
"""
ABSENCES = tracked.ABSENCES.format(rows="levels.absences({session})")
PRESSED = """
    select level_id, bucket_end, net_60s, vacuum_60s, why_60s
    from pressure.states_5s({session})
    semi join (
        select level_ids, bucket_end + interval 1 minute as seen_at
        from pressure.touches({session})
    ) as touched on list_contains(level_ids, level_id) and bucket_end = seen_at
"""
FEED = """
    select book, count(*) as n_buckets, min(bucket_end) as first, max(bucket_end) as last
    from market.quality_5s({session})
    group by book
    order by first
"""
GAMMA = """
    select count(*) > 0 as is_known
    from options.gex_profile_5s({session})
    where gex_gross is not null
"""
HEDGED = """
    select expiry_set, hedge_call_sum, hedge_put_sum, hedge_sum, unhedged_qty, unsided_qty
    from options.hedge_5s({session})
    qualify bucket_end = max(bucket_end) over (partition by expiry_set)
    order by expiry_set
"""


@dataclass(frozen=True)
class Asked:
    """A session as its page shows it; times UTC, naive."""

    session: date
    facts: Row
    """Columns of market.sessions."""
    levels: list[Row]
    """The tracked ones, highest first."""
    absences: list[Row]
    """Tracked kinds that the session does not have, and why."""
    touches: list[Touch]
    pressed: dict[tuple[str, datetime], Row]
    """What a level said at a bucket a minute after a touch."""
    odds: dict[tuple[str, datetime], Odds]
    feed: list[Row]
    """How many buckets the book was ok, recovering, stale."""
    has_gamma: bool
    """Whether any exposure is known: it needs open interest, and no trade."""
    hedged: list[Row]
    """Sums at the end, by expiry set."""

    @property
    def has_flow(self) -> bool:
        """Whether any hedging is known: it needs trades, and no open interest."""
        return any(row["hedge_sum"] is not None for row in self.hedged)


def ask(connection: duck.Connection, session: date | None) -> Asked:
    """Return what there is of a session, of the latest by default.

    Raises
    ------
    UsageError
        For a session that is not built, naming those that are.
    """
    session = tracked.built(connection, session)

    def of_session(query: str) -> list[Row]:
        return rows_of(connection, query.format(session=duck.literal(session)))

    came = touches(connection, session)
    horizon_s = next((touch.horizon_s for touch in came if touch.horizon_s), None)
    (facts,), (gamma,) = of_session(SESSION), of_session(GAMMA)
    return Asked(
        session,
        facts,
        of_session(LEVELS),
        of_session(ABSENCES),
        came,
        {(row["level_id"], row["bucket_end"]): row for row in of_session(PRESSED)},
        {} if horizon_s is None else odds(connection, session, horizon_s),
        of_session(FEED),
        gamma["is_known"],
        of_session(HEDGED),
    )
