"""Whole relations of a session as Arrow, exact, with the unit and meaning of each column."""

from __future__ import annotations

import io
from datetime import date

from spymaster.errors import UsageError
from spymaster.read.formats import WRITERS, Sink
from spymaster.settings import Settings
from spymaster.stream import fields
from spymaster.stream.published import published
from spymaster.stream.shows import NotYetError
from spymaster.warehouse import duck

ALLOWED = {
    name.rpartition(".")[2]: name
    for name in (fields.STATES, fields.LADDER, fields.PROFILE, fields.TOUCHES)
}
"""Relations that may be asked for, by their bare names."""


def history(settings: Settings, session: date, relation: str) -> bytes:
    """Return the rows of a session as an Arrow IPC stream.

    Raises
    ------
    UsageError
        If the relation is none of those that are given.
    NotYetError
        If there is no catalog just now.
    DataError
        If its file cannot be read.
    """
    if relation not in ALLOWED:
        raise UsageError(f"relation {relation}: allowed are {', '.join(ALLOWED)}")
    out = io.BytesIO()
    try:
        with published(settings) as connection:
            rows = connection.sql(f"from {ALLOWED[relation]}({duck.literal(session)})")
            WRITERS["arrow"](rows, Sink(out))
    except UsageError as error:
        raise NotYetError(str(error)) from error
    return out.getvalue()
