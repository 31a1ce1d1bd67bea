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
        key = _key(landed, session)
        if key not in remembered:
            asked = Asked(landed, layout, session)
            fresh[key] = json.dumps(
                [asked.contract(contracts) if contracts else None, asked.of_root(files)]
            )
        contract, kept = json.loads(remembered.get(key) or fresh[key])
        landed.choices[session] = Choice(contract, kept and tuple(kept))
    return fresh


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


def _key(landed: Landed, session: date) -> str:
    """Return what an answer is remembered by: all that it hangs on."""
    settings = landed.settings
    read: Iterable[Partition] = chain.from_iterable(
        (
            *coverage.futures(landed, at),
            *coverage.options(landed, at),
            *chain.from_iterable(landed.files(raw, at) for raw in NAMING),
        )
        for at in (*landed.earlier(session, 1), session)
    )
    files = [f"{part.schema} {part.date} {part.file_id}" for part in read]
    asked = (RULES, settings.root, settings.instrument, landed.window(session))
    return "contract of " + sha256(repr((asked, files)).encode()).hexdigest()[:16]
