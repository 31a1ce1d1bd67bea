"""Everything a command needs to know before it decides anything: models, landed files, builds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from spymaster.definitions import loading
from spymaster.definitions import trading_hours as hours
from spymaster.definitions.project import Project
from spymaster.planning import contracts
from spymaster.planning.fingerprint import Fingerprints, Pair
from spymaster.planning.sessions import Landed
from spymaster.settings import Settings, agree, deciding
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Build, Ledger, Partition
from spymaster.warehouse.outcomes import Acceptance, Failed


@dataclass
class Snapshot:
    """The models of a project, and what the ledger says."""

    layout: Layout
    ledger: Ledger
    project: Project
    landed: Landed
    builds: dict[Pair, Build]
    """The partition in force of each relation and session."""
    failed: dict[date, list[Failed]] = field(default_factory=dict)
    """What was wrong in the sessions whose last build failed."""
    accepted: list[Acceptance] = field(default_factory=list)
    """What was ever let through, whatever became of its data."""
    own: dict[str, str] = field(default_factory=dict)
    """What the builds were built with, as TOML by key."""
    frozen: dict[Pair, str | None] = field(default_factory=dict)
    """What cannot be built now and so stays as it was."""
    coming: dict[Pair, str] = field(default_factory=dict)
    """Fingerprints of the partitions that builds of this command are about to leave."""

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """What each partition should be."""
        return Fingerprints(self.project, self.landed, self.frozen)

    @cached_property
    def standing(self) -> dict[Pair, Acceptance]:
        """What lets rows of an audit through as the data is now, by session and audit."""
        return {
            (given.audit, given.session): given
            for given in sorted(self.accepted, key=lambda given: (given.session, given.audit))
            if given.audit in self.project.audits
            and given.session in self.landed.sessions
            and given.fingerprint == self.fingerprints.of(given.audit, given.session)
        }

    def partition(self, pair: Pair) -> Path | None:
        """Return the file in force of a relation and session, if there is one and it is there."""
        build = self.builds.get(pair)
        path = self.layout.model_partition(*pair, build.fingerprint) if build else None
        return path if path and path.exists() else None

    def awaited(self, relation: str, sessions: Iterable[date]) -> dict[date, Path]:
        """Return the files that builds of this command are about to leave, by session."""
        return {
            session: self.layout.model_partition(relation, session, self.coming[relation, session])
            for session in sessions
            if (relation, session) in self.coming
        }

    def files(self, relation: str, sessions: Iterable[date]) -> list[Path]:
        """Return the files behind a relation in some sessions: landed, awaited, or in force."""
        sessions = list(sessions)
        if relation in self.project.raw:
            # a file that two sessions or dates read is there once
            return list({self.layout.root / p.file: None for p in self.parts(relation, sessions)})
        coming = self.awaited(relation, sessions)
        found = (coming.get(at) or self.partition((relation, at)) for at in sessions)
        return [path for path in found if path]

    def parts(self, raw: str, sessions: Iterable[date]) -> list[Partition]:
        """Return the landed partitions of a raw relation in some sessions, each once."""
        return list({part: None for at in sessions for part in self.landed.files(raw, at)})

    def is_current(self, pair: Pair) -> bool:
        """Whether the partition in force is what it should be, and there."""
        build = self.builds.get(pair)
        if build is None or build.fingerprint != self.fingerprints.of(*pair):
            return False
        return os.path.exists(f"{self._root}/{build.file}")  # noqa: PTH110

    @cached_property
    def _root(self) -> str:
        return str(self.layout.root)

    def freeze(self, session: date, models: Iterable[str]) -> None:
        """Let later sessions look back at what is in force instead of at what cannot be built."""
        for model in models:
            is_there = self.partition((model, session)) is not None
            self.frozen[model, session] = (
                self.builds[model, session].fingerprint if is_there else None
            )
        self._renew()

    def record(self, builds: Iterable[Build]) -> None:
        """Put partitions in force together, and what they were built with.

        At once, so that a command that ends before its first build leaves the settings as they are.
        """
        builds, settings = list(builds), deciding(self.project.settings)
        self.ledger.build(builds, None if settings == self.own else settings)
        self.own = settings
        for build in builds:
            self.builds[build.relation, build.session] = build
            self.coming.pop((build.relation, build.session), None)

    def accept(self, given: Acceptance) -> None:
        """Let rows of an audit through from now on."""
        self.ledger.accept(given)
        self.accepted.append(given)
        self._renew()

    def _renew(self) -> None:
        """Work out again what hangs on frozen partitions and acceptances, when it is asked for."""
        for known in ("fingerprints", "standing"):
            self.__dict__.pop(known, None)


def layout(settings: Settings) -> Layout:
    """Return where everything lies, as absolute paths."""
    return Layout(settings.warehouse.resolve())


def load(settings: Settings, sql: Path, *, change_settings: bool = False) -> Snapshot:
    """Read the models below a folder and the ledger of the settings' warehouse.

    Parameters
    ----------
    change_settings : bool
        Whether the settings may be other than those that the warehouse was built with.

    Raises
    ------
    ModelError
        With one line for each file that cannot be read.
    RefusedError
        If the warehouse was built with other settings.
    """
    ledger = Ledger(layout(settings))
    with ledger.reading():
        own = ledger.settings()
        if not change_settings:
            agree(settings, own)
        return _load(settings, sql, ledger, own)


def _load(settings: Settings, sql: Path, ledger: Ledger, own: dict[str, str]) -> Snapshot:
    parsed = ledger.parsed()
    read = loading.load(settings, sql, parsed)
    landed = Landed(settings, tuple(ledger.partitions()))
    read.fresh.update(hours.recall(landed.sessions, parsed))
    read.fresh.update(contracts.recall(read, landed, layout(settings), parsed))
    builds = {(build.relation, build.session): build for build in ledger.builds()}
    failed: dict[date, list[Failed]] = {}
    for failure in ledger.failed():
        failed.setdefault(failure.session, []).append(failure)
    accepted = ledger.acceptances()
    return Snapshot(layout(settings), ledger, read, landed, builds, failed, accepted, own)
