"""Whose files say from when until when a session landed, where files of the root differ in that.

The window ends with the files of the session's contract, and what is built of options with those of
the root's options. Which those are stands in the records, so that the files are asked, by the rules
of `market.fronts` and `options.contracts`. That is seldom: what lies in the same files, or in some
that end together, needs no answer, and an answer is remembered as long as its files are there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from itertools import chain

from spymaster.planning import coverage
from spymaster.planning.asking import RULES, Asked
from spymaster.planning.sessions import Choice, Landed
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Partition

NAMING = ("raw.definition", "raw.symbology")


def recall(landed: Landed, layout: Layout, remembered: Mapping[str, str]) -> dict[str, str]:
    """Choose in all sessions where files differ, by what is remembered or else by the files.

    Returns
    -------
    dict
        What the files said, to be remembered: JSON of a choice by its key.
    """
    fresh = {}
    for session in landed.sessions:
        contracts, files = _contracts(landed, session), _option_files(landed, session)
        if not contracts and not files:
            continue
        read = _read(landed, session)
        key = _key(landed, session, read)
        said = remembered.get(key)
        if said is None and all((layout.root / part.file).exists() for part in read):
            said = fresh[key] = _ask(Asked(landed, layout, session), contracts, files)
        if said is not None:  # what a lost file would have said is not known, nor built
            contract, kept = json.loads(said)
            landed.choices[session] = Choice(contract, kept and tuple(kept))
    return fresh


def _ask(asked: Asked, contracts: list[int], files: list[Partition]) -> str:
    contract = asked.contract(contracts) if contracts else None
    return json.dumps([contract, asked.of_root(files) if files else None])


def _contracts(landed: Landed, session: date) -> list[int]:
    """Return the instruments of the root's files if it matters which is the session's."""
    parts = coverage.futures(landed, session)
    holders: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for at, part in enumerate(parts):
        for instrument in part.instruments:
            holders[instrument] += (at,)
    one_of_each = {held: instrument for instrument, held in holders.items()}.values()
    if len(one_of_each) < 2:
        return []
    told = {coverage.of_contract(landed, session, parts, one) for one in one_of_each}
    return sorted(holders) if len(told) > 1 else []


def _option_files(landed: Landed, session: date) -> list[Partition]:
    """Return the files of options if they may be of several products that end apart."""
    parts = coverage.options(landed, session)
    if len({coverage.tells_of(landed, part).end_ns for part in parts}) < 2:
        return []
    largest = set(max(parts, key=lambda part: len(part.instruments)).instruments)
    is_one = all(not largest.isdisjoint(part.instruments) for part in parts)
    return [] if is_one else parts


def _read(landed: Landed, session: date) -> list[Partition]:
    """Return all that an answer hangs on: the files of a session and of the one before it."""
    return [
        part
        for at in (*landed.earlier(session, 1), session)
        for part in (
            *coverage.futures(landed, at),
            *coverage.options(landed, at),
            *chain.from_iterable(landed.files(raw, at) for raw in NAMING),
        )
    ]


def _key(landed: Landed, session: date, read: Iterable[Partition]) -> str:
    settings = landed.settings
    files = [f"{part.schema} {part.date} {part.file_id}" for part in read]
    asked = (RULES, settings.root, settings.instrument, landed.window(session))
    return "contract of " + sha256(repr((asked, files)).encode()).hexdigest()[:16]
