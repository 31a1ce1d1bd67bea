"""Questions to the published catalog.

The catalog's path is a symlink that every build flips to a new file. A file never changes, so what
it answers may be remembered under its name, and nothing is held open between two looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

SESSIONS = """
    select session, raw_symbol
    from market.sessions
    where instrument_id is not null
    order by session desc
"""
LEVELS = """
    select level_id
    from pressure.states_5s($session)
    group by level_id
    order by arg_max(abs(dist_ticks), bucket_end), level_id
"""
LAST = """
    select
        states_5s.bucket_end, mid, states_5s.price as level, dist_ticks, dist_sigma, approach,
        net_60s, vacuum_60s, why_60s, phase
    from pressure.states_5s($session) as states_5s
    inner join pressure.phases_5s($session) as phases_5s
        using (session, instrument_id, bucket_end, level_id)
    left join market.bbo_5s($session) as bbo_5s using (session, instrument_id, bucket_end)
    where level_id = $level
    order by states_5s.bucket_end desc
    limit 1
"""


@dataclass(frozen=True)
class Last:
    """A level at the end of its last bucket; None is null in the relation."""

    bucket_end: datetime
    """UTC."""
    mid: float | None
    level: float
    dist_ticks: float | None
    dist_sigma: float | None
    approach: str | None
    net_60s: float | None
    vacuum_60s: float | None
    why: str | None
    """Why there is neither of the two, as in the relation."""
    phase: str

    @property
    def because(self) -> str:
        """The reason as a person reads it."""
        return (self.why or "no reason given").replace("_", " ")


def opened(catalog: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to a catalog that writes nothing; to be closed."""
    return duckdb.connect(str(catalog), read_only=True)


def current(warehouse: Path) -> Path | None:
    """Return the file that the catalog's link points at now, if there is one."""
    link = warehouse / "spymaster.duckdb"
    return link.resolve() if link.exists() else None


def sessions(catalog: Path) -> dict[date, str]:
    """Return the contract of every session that is built, the newest first."""
    return dict(_ask(catalog, SESSIONS))


def levels(catalog: Path, session: date) -> list[str]:
    """Return the levels of a session, the one nearest to the price at its end first."""
    return [level for (level,) in _ask(catalog, LEVELS, session=session)]


def last(catalog: Path, session: date, level: str) -> Last:
    """Return what the last bucket says of a level."""
    (row,) = _ask(catalog, LAST, session=session, level=level)
    return Last(*row)


def _ask(catalog: Path, sql: str, **values: str | date) -> list[tuple[object, ...]]:
    with opened(catalog) as connection:
        return connection.execute(sql, values).fetchall()
