"""What is told of a session's levels, by whoever shows them: queries of rows that are named."""

from __future__ import annotations

from datetime import date

from spymaster.errors import UsageError
from spymaster.suggestions import suggestion
from spymaster.warehouse import duck

LEVELS = """
    select level_id, kind, price, known_at, valid_to
    from {rows}
    where is_tracked
    order by known_at, level_id
"""
"""Of levels.levels."""
ABSENCES = """
    select kind, reason
    from {rows}
    where is_tracked
    order by kind
"""
"""Of levels.absences: why a kind that is tracked has no level."""
SESSIONS = """
    select distinct session
    from market.sessions
    where instrument_id is not null
    order by session
"""
LATEST = "select level_id, max(session) from pressure.states_5s group by all order by level_id"


def built(connection: duck.Connection, session: date | None) -> date:
    """Return a session that is built, the latest by default.

    Raises
    ------
    UsageError
        If it is not, naming those that are.
    """
    known = [day for (day,) in connection.execute(SESSIONS).fetchall()]
    session = session or (known[-1] if known else None)
    if session is None or session not in known:
        there = f"there are {known[0]} to {known[-1]}" if known else "none is; run the models first"
        raise UsageError(f"{session or 'latest'}: no such session is built; {there}")
    return session


def latest(connection: duck.Connection, level_id: str) -> date:
    """Return the latest session that has a tracked level.

    Raises
    ------
    UsageError
        If none has, naming the levels that there are.
    """
    sessions = dict(connection.execute(LATEST).fetchall())
    if level_id not in sessions:
        there = suggestion(level_id, sessions) if sessions else "none is; run the models first"
        raise UsageError(f"{level_id}: no such tracked level; {there}")
    found: date = sessions[level_id]
    return found
