"""From when and until when a session's records landed, as the headers of their files say.

A file tells all from the start to the end of what was asked for. Past that end, or in a hole
between two files, nothing is known: the session is built as if its window ended there, so that no
bucket looks quiet that did not land, and none shows a book that missed what came in the hole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from spymaster import units
from spymaster.definitions import variables
from spymaster.definitions.variables import Coverage
from spymaster.planning.sessions import DAY, EVERY, Landed
from spymaster.settings import Settings
from spymaster.symbols import OPTIONS, product
from spymaster.warehouse.layout import raw_relation
from spymaster.warehouse.ledger import Partition

FINEST = (("mbo",), ("mbp-1",), ("trades", "tbbo", "bbo-1s", "bbo-1m"))
"""What a session's contract is taken from, the first that landed; of the last all together."""
QUOTES = ("mbp-1", "tbbo", "bbo-1s", "bbo-1m")
"""What says something of options."""


class Told(NamedTuple):
    """What a partition tells of, ns since 1970 UTC."""

    start_ns: int
    end_ns: int
    """Exclusive."""
    first_ns: int
    """Its first record."""
    asked_ns: int
    """Start of what it was asked for; no record should come before."""


def values(landed: Landed, session: date) -> dict[str, Any]:
    """Return every variable of a session, those of what landed among them."""
    return variables.of(landed.settings, session, landed=of(landed, session))


def of(landed: Landed, session: date) -> Coverage:
    """Return when the records of a session's contract, and of options, start and end."""
    if session not in landed.sessions:
        return variables.UNKNOWN
    choice = landed.choices.get(session, EVERY)
    found = of_contract(landed, session, futures(landed, session), choice.contract)
    kept = choice.option_files
    quotes = [p for p in options(landed, session) if kept is None or p.file_id in kept]
    told, _ = _without_hole(landed, quotes, session)
    return found._replace(options_until_ns=max((one.end_ns for one in told), default=None))


def of_contract(
    landed: Landed, session: date, parts: list[Partition], contract: int | None
) -> Coverage:
    """Return when the records of a contract start and end, of any of them for None."""
    told, last_hole_ns = _without_hole(landed, _finest(parts, contract), session)
    return Coverage(
        min((one.asked_ns for one in told), default=None),
        min((one.first_ns for one in told), default=None),
        max((one.end_ns for one in told), default=None),
        last_hole_ns=last_hole_ns,
    )


def futures(landed: Landed, session: date) -> list[Partition]:
    """Return the partitions of the root's futures; of others only where none of them landed."""
    schemas = (schema for group in FINEST for schema in group)
    found = [p for p in _parts(landed, session, schemas) if p.products != (OPTIONS,)]
    root = _root(landed.settings)
    return [p for p in found if not p.products or root in p.products] or found


def options(landed: Landed, session: date) -> list[Partition]:
    """Return the partitions that hold quotes of options of any product."""
    return [p for p in _parts(landed, session, QUOTES) if OPTIONS in p.products]


def tells_of(landed: Landed, part: Partition) -> Told:
    """Return what a partition tells of its date: what its file holds of others may be replaced."""
    days = (part.date, part.date + DAY)
    opens_ns, closes_ns = (units.to_ns(datetime.combine(day, time(), UTC)) for day in days)
    # the header of a live capture does not say where it ends
    end_ns = part.end_ns or landed.last_ns[part.schema, part.file_id] + 1
    asked_ns, until_ns = max(part.start_ns, opens_ns), min(end_ns, closes_ns)
    start_ns, end_ns = min(asked_ns, part.first_ns), max(until_ns, part.last_ns + 1)
    return Told(start_ns, end_ns, part.first_ns, asked_ns)


def _finest(parts: list[Partition], contract: int | None) -> list[Partition]:
    """Return the partitions that hold a contract, of the finest schemas that do."""
    own = [part for part in parts if contract is None or contract in part.instruments]
    by_group = ([part for part in own if part.schema in group] for group in FINEST)
    return next(filter(None, by_group), [])


def _parts(landed: Landed, session: date, schemas: Iterable[str]) -> Iterator[Partition]:
    for schema in schemas:
        yield from landed.files(raw_relation(schema), session)


def _without_hole(
    landed: Landed, parts: Iterable[Partition], session: date
) -> tuple[list[Told], int]:
    """Return those that go on one after the other: through the start of the window, or after it.

    Beside them where the last hole before them starts, 0 without one.
    """
    start_ns, _ = landed.window(session)
    found: list[Told] = []
    last_hole_ns = 0
    for one in sorted(tells_of(landed, part) for part in parts):
        until_ns = max((before.end_ns for before in found), default=one.start_ns)
        if until_ns < one.start_ns:
            if until_ns > start_ns:
                break
            found, last_hole_ns = [], until_ns
        found.append(one)
    return found, last_hole_ns


def _root(settings: Settings) -> str:
    return product(settings.instrument or "") or settings.root
