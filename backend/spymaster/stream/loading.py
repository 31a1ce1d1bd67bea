"""Read a session from the published catalog into memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.stream import fields, past
from spymaster.stream.frames import Frames
from spymaster.stream.greeting import digest, greeting
from spymaster.stream.past import Touch
from spymaster.stream.recording import Recording
from spymaster.stream.sources import RELATIONS, SOURCES
from spymaster.stream.tables import Row, Span, promises, read
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of


def sessions(settings: Settings) -> dict[date, str]:
    """Return the build of each session that has levels to show, newest first.

    A build is named by the files that the stream reads; they are named by what they are made of.
    """
    with catalog(settings) as connection:
        rows = connection.execute(
            "select date, relation, file from meta.files"
            f" where list_contains({duck.literal(RELATIONS)}, relation) order by all desc"
        ).fetchall()
    files: dict[date, list[str]] = {}
    shown = {day for day, relation, _ in rows if relation == fields.STATES}
    for day, _, file in rows:
        files.setdefault(day, []).append(file)
    return {day: digest("\n".join(files[day]))[:8] for day in files if day in shown}


def load(settings: Settings, session: date, build: str) -> Recording:
    """Return a session that is over.

    Raises
    ------
    DataError
        If the catalog was made by models that do not know what the stream carries.
    """
    with catalog(settings) as connection:
        known = promises(connection)
        about, starts = _windows(connection, session)
        span = Span(session, about["window_start"])
        tables = {name: read(connection, one, span, known) for name, one in SOURCES.items()}
        frames = Frames(session.isoformat(), about["window_start"], tables)
        touches = list(_touches(connection, session))
        said = greeting(connection, settings.timezone, about, known)
    heard = [key[0] for name in ("quotes", "levels") for key in tables[name].rows]
    first, last = (1, max(heard)) if heard else (None, None)
    analogs = past.events(frames, touches, starts)
    said |= {"build": build, "first_seq": first, "last_seq": last}
    return Recording(session.isoformat(), build, frames, said, analogs, first, last)


def _windows(
    connection: duck.Connection, session: date
) -> tuple[dict[str, Any], dict[date, datetime]]:
    """Return what is known of the session, and when the window of each session starts."""
    names = "session, root, raw_symbol, tick_size, window_start, window_end"
    rows = rows_of(connection, f"select {names} from market.sessions")
    (about,) = (dict(row) for row in rows if row["session"] == session)
    return about, {row["session"]: row["window_start"] for row in rows}


def _touches(connection: duck.Connection, session: date) -> Iterable[Touch]:
    """Yield each decision of each touch; without a past, its first."""
    forecasts, cards = (
        rows_of(
            connection,
            f"select * from {relation}({duck.literal(session)}) order by wait_s, horizon_s"
            + (", rank" if relation == fields.CARDS else ""),
        )
        for relation in (fields.FORECASTS, fields.CARDS)
    )
    query = f"select * from {fields.TOUCHES}({duck.literal(session)}) order by bucket_end, level_id"
    for touch in rows_of(connection, query):
        at, level_id = touch["bucket_end"], touch["level_id"]
        level_ids = touch["level_ids"]
        waits = {row["wait_s"] for row in forecasts if _is_of(row, touch)} or {0}
        for wait in sorted(waits):
            told, shown = (
                [_sent(row) for row in rows if _is_of(row, touch) and row["wait_s"] == wait]
                for rows in (forecasts, cards)
            )
            yield Touch(level_id, list(level_ids), at, wait, told, shown)


def _is_of(row: Row, touch: Row) -> bool:
    return (row["cluster_id"], row["touched_at"]) == (touch["level_id"], touch["bucket_end"])


def _sent(row: Row) -> Row:
    return {
        name: round(value, 4) + 0.0 if isinstance(value, float) else value
        for name, value in row.items()
    }
