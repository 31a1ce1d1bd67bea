"""From when and until when a session's records landed, as the headers of their files say.

A file tells all from the start to the end of what was asked for. Past that end, or in a hole
between two files, nothing is known: the session is built as if its window ended there, so that no
bucket looks quiet that did not land, and none shows a book that missed what came in the hole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from spymaster.definitions import variables
from spymaster.definitions.variables import Coverage
from spymaster.planning.sessions import Landed
from spymaster.settings import Settings
from spymaster.symbols import OPTIONS, product
from spymaster.warehouse.layout import raw_relation
from spymaster.warehouse.ledger import Partition

FINEST = (("mbo",), ("mbp-1",), ("trades", "tbbo", "bbo-1s", "bbo-1m"))
"""What a session's contract is taken from, the first that landed; of the last all together."""
QUOTES = ("mbp-1", "tbbo", "bbo-1s", "bbo-1m")
"""What says something of options."""


def values(landed: Landed, session: date) -> dict[str, Any]:
    """Return every variable of a session, those of what landed among them."""
    return variables.of(landed.settings, session, landed=of(landed, session))


def of(landed: Landed, session: date) -> Coverage:
    """Return when the records of a session's contract, and of options, start and end."""
    if session not in landed.sessions:
        return variables.UNKNOWN
    root, (start_ns, _) = _root(landed.settings), landed.window(session)
    every = next(filter(None, (_of(landed, session, schemas, root) for schemas in FINEST)), [])
    quotes = [part for part in _parts(landed, session, QUOTES) if OPTIONS in part.products]
    own, options = (_without_hole(parts, start_ns) for parts in (every, quotes))
    return Coverage(
        min((part.start_ns for part in own), default=None),
        min((part.first_ns for part in own), default=None),
        max(map(_end_ns, own), default=None),
        max(map(_end_ns, options), default=None),
    )


def _of(landed: Landed, session: date, schemas: Iterable[str], root: str) -> list[Partition]:
    """Return the partitions that may hold the contract; of other roots only where no other is."""
    futures = [p for p in _parts(landed, session, schemas) if p.products != (OPTIONS,)]
    return [p for p in futures if not p.products or root in p.products] or futures


def _parts(landed: Landed, session: date, schemas: Iterable[str]) -> Iterator[Partition]:
    for schema in schemas:
        yield from landed.files(raw_relation(schema), session)


def _without_hole(parts: Iterable[Partition], start_ns: int) -> list[Partition]:
    """Return those that go on one after the other: through the start of the window, or after it."""
    found: list[Partition] = []
    for part in sorted(parts, key=_start_ns):
        until_ns = max(map(_end_ns, found), default=0)
        if found and until_ns < _start_ns(part):
            if until_ns > start_ns:
                break
            found = []
        found.append(part)
    return found


def _start_ns(part: Partition) -> int:
    return min(part.start_ns, part.first_ns)


def _end_ns(part: Partition) -> int:
    """Return where a file ends; the header of a live capture does not say."""
    return max(part.end_ns or 0, part.last_ns + 1)


def _root(settings: Settings) -> str:
    return product(settings.instrument or "") or settings.root
