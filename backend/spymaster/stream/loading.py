"""Read a session from the published catalog into memory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from spymaster.read import tracked
from spymaster.settings import Settings
from spymaster.stream import fields, past
from spymaster.stream.frames import Frames
from spymaster.stream.greeting import digest, greeting
from spymaster.stream.published import published
from spymaster.stream.recording import Recording
from spymaster.stream.sources import RELATIONS, SOURCES
from spymaster.stream.tables import Row, Span, promises, read
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of


def sessions(settings: Settings) -> dict[date, str]:
    """Return the build of each session that has levels to show, newest first.

    A build is named by the files that the stream reads; they are named by what they are made of.
    """
    with published(settings) as connection:
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
        If the catalog was made by models that do not know what the stream carries, or a file of it
        cannot be read.
    """
    with published(settings) as connection:
        known = promises(connection)
        about, starts = _windows(connection, session)
        span = Span(session, about["window_start"])
        tables = {
            name: read(connection, one, span, known, _of(one.relation, session))
            for name, one in SOURCES.items()
        }
        touches, forecasts, cards = (
            asked(connection, relation, _of(relation, session)) for relation in ORDER
        )
        about |= {"timezone": settings.timezone, **_levels(connection, about)}
    frames = Frames(session.isoformat(), about["window_start"], tables)
    heard = [key[0] for name in ("quotes", "levels") for key in tables[name].rows]
    first, last = (1, max(heard)) if heard else (None, None)
    return Recording(
        session.isoformat(),
        build,
        frames,
        greeting(about, known) | {"build": build, "first_seq": first, "last_seq": last},
        past.events(frames, past.decided(touches, forecasts, cards), starts),
        first,
        last,
        touched=[seq for (seq,) in tables["touches"].rows],
    )


ORDER = {
    fields.TOUCHES: "bucket_end, level_id",
    fields.FORECASTS: "wait_s, horizon_s",
    fields.CARDS: "wait_s, horizon_s, rank",
}
"""Of what analogs are made from, see ``past.decided``."""


def asked(connection: duck.Connection, relation: str, rows: str) -> list[Row]:
    """Return what analogs are made from.

    Parameters
    ----------
    rows
        Where the relation's rows are, as SQL has it behind ``from``.
    """
    return [*rows_of(connection, f"from {rows} order by {ORDER[relation]}")]


def _of(relation: str, session: date) -> str:
    return f"{relation}({duck.literal(session)})"


def _windows(
    connection: duck.Connection, session: date
) -> tuple[dict[str, Any], dict[date, datetime]]:
    """Return what is known of the session, and when the window of each session starts."""
    names = "session, root, raw_symbol, tick_size, window_start, window_end"
    rows = rows_of(connection, f"select {names} from market.sessions")
    (about,) = (dict(row) for row in rows if row["session"] == session)
    return about, {row["session"]: row["window_start"] for row in rows}


def _levels(connection: duck.Connection, about: Row) -> dict[str, Any]:
    """Return the tracked levels, why others are not there, and how wide the ladder's steps are."""
    session, tick_size = about["session"], float(about["tick_size"])
    levels, absences = (
        rows_of(connection, query.format(rows=_of(relation, session)))
        for query, relation in (
            (tracked.LEVELS, fields.LEVELS),
            (tracked.ABSENCES, "levels.absences"),
        )
    )
    found = connection.execute(
        f"select max(price) - min(price) from {_of(fields.LADDER, session)}"
        ' where "offset" in (0, 1) group by bucket_end, level_id limit 1'
    ).fetchone()
    step = round(found[0] / tick_size) * tick_size if found else None
    return {"tick_size": tick_size, "levels": levels, "absences": absences, "step": step}
