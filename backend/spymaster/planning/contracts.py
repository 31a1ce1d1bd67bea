"""Whose files say from when until when a session landed, where files of the root differ in that.

The window ends with the files of the session's contract, and what is built of options with those of
the root's options. Which those are stands in the records, so that the models that say it are asked.
That is seldom: what lies in the same files, or in some that end together, needs no answer, and an
answer is remembered as long as its files are there and its models the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from itertools import chain

from spymaster.definitions.binding import bind
from spymaster.definitions.loading import note_bound
from spymaster.definitions.project import Model, Project
from spymaster.errors import DataError
from spymaster.planning import coverage
from spymaster.planning.asking import CONTRACT, OPTIONS, Asked, made_of
from spymaster.planning.sessions import SHOWING, Choice, Landed
from spymaster.warehouse.layout import Layout, raw_relation
from spymaster.warehouse.ledger import Partition


def recall(
    project: Project, landed: Landed, layout: Layout, remembered: Mapping[str, str]
) -> dict[str, str]:
    """Choose in all sessions where files differ, by what is remembered or else by the files.

    A file that cannot be read is a matter of its sessions, which ``landed.unread`` names.

    Returns
    -------
    dict
        What was found, to be remembered: JSON of a choice by its key.

    Raises
    ------
    ModelError
        If the files have to be asked and the project's models do not bind.
    """
    fresh: dict[str, str] = {}
    rules = _rules(project)
    for session in landed.sessions if rules else ():
        contracts, files = _contracts(landed, session), _option_files(landed, session)
        if not contracts and not files:
            continue
        read = _read(rules, landed, session)
        key = _key(rules, landed, session, read)
        said = remembered.get(key)
        if said is None and all((layout.root / part.file).exists() for part in read):
            if not fresh:
                fresh |= _bound(project)
            asked = Asked(project, landed, layout, session, read)
            try:
                said = fresh[key] = _ask(asked, contracts, files)
            except DataError as error:
                landed.unread[session] = str(error)
        if said is not None:  # what a lost file would have said is not known, nor built
            contract, kept = json.loads(said)
            landed.choices[session] = Choice(contract, kept and tuple(kept))
    return fresh


def _rules(project: Project) -> list[Model]:
    """Return the models that are asked, with what they are made of; none where they are not all."""
    ends = (CONTRACT, OPTIONS) if {CONTRACT, OPTIONS} <= project.models.keys() else ()
    return [model for end in ends for model in made_of(project, end)]


def _read(rules: list[Model], landed: Landed, session: date) -> list[Partition]:
    """Return all that an answer hangs on: files of a session and of the one before it.

    Of other roots and of options' trades there is nothing that it could hang on.
    """
    showing = {raw_relation(schema) for schema in SHOWING}
    raws = sorted({n for model in rules for n in model.upstream if n.startswith("raw.")} - showing)
    return [
        part
        for at in (*landed.earlier(session, 1), session)
        for part in (
            *coverage.futures(landed, at),
            *coverage.options(landed, at),
            *chain.from_iterable(landed.files(raw, at) for raw in raws),
        )
    ]


def _key(rules: list[Model], landed: Landed, session: date, read: Iterable[Partition]) -> str:
    models = [f"{model.relation} {model.digest}" for model in rules]
    files = [f"{part.schema} {part.date} {part.file_id}" for part in read]
    asked = (models, session, landed.window(session), files)
    return "contract of " + sha256(repr(asked).encode()).hexdigest()[:16]


def _bound(project: Project) -> dict[str, str]:
    """Refuse models that do not bind; return that they do."""
    if project.is_bound:
        return {}
    bind(project).demand()
    return note_bound(project)


def _ask(asked: Asked, contracts: list[int], files: list[Partition]) -> str:
    chosen = asked.instruments(CONTRACT) if contracts else []
    own = set(asked.instruments(OPTIONS)) if files else set()
    kept = sorted({part.file_id for part in files if own.intersection(part.instruments)})
    return json.dumps([chosen[0] if chosen else None, kept or None])


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
