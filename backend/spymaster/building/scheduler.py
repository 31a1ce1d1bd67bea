"""Sessions from plan to ledger, several at a time, with the result of one after the other.

A session that looks back at one that is under way starts beside it and waits, relation by relation,
for the files it needs. It is recorded only after all it looked back at: where one of those fails,
whatever was made of it is thrown away and planned again with what is in force.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from spymaster.building import recording
from spymaster.building.assembly import Assembly
from spymaster.building.emptied import emptied
from spymaster.building.engines import Engine
from spymaster.building.report import Event, Report, RunReport
from spymaster.building.task import Outcome, Task
from spymaster.planning.acceptance import Grant
from spymaster.planning.fingerprint import Pair
from spymaster.planning.plan import Plan, promising
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse.files import scratch

PUBLISH_SECONDS = 300.0
"""How often a long run lets readers see what it has so far."""
AHEAD = 2
"""Sessions begun and not recorded, for each slot: what a killed run loses."""


@dataclass
class _Making:
    """A session that was begun and is not in the ledger."""

    assembly: Assembly
    task: Task
    fingerprints: dict[Pair, str]
    folder: ExitStack
    outcome: Outcome | None = None


class Builder:
    """Builds what is planned; what fails leaves its whole session as it was.

    Parameters
    ----------
    selector, sessions
        What was asked for, to plan again after a failure.
    result : RunReport
        Gets what was built and what failed.
    publish : callable
        Writes a catalog of what is there so far, and returns its file.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        selector: str | None,
        sessions: Iterable[date],
        result: RunReport,
        report: Report,
        granted: Grant | None,
        publish: Callable[[], Path],
    ) -> None:
        self._snapshot, self._selector, self._sessions = snapshot, selector, list(sessions)
        self._result, self._report, self._granted = result, report, granted
        self._todo: dict[date, set[str]] = {}
        self._begun: dict[date, _Making] = {}
        self._failed: set[date] = set()
        self._write_catalog, self._published = publish, time.monotonic()
        self.plan = Plan(())
        """The last one."""

    def build(self, plan: Plan, engine: Engine) -> None:
        """Build what is planned, starting sessions by date."""
        self._adopt(plan, engine)
        try:
            while self._todo or self._begun:
                while self._todo and self._has_room(engine):
                    self._start(engine, min(self._todo))
                outcome = engine.next()
                self._begun[outcome.session].outcome = outcome
                self._take(engine)
        finally:
            engine.close()
            for making in self._begun.values():
                making.folder.close()
        self._result.failures.sort(key=lambda line: line[: len("2024-03-05")])

    def _has_room(self, engine: Engine) -> bool:
        running = sum(making.outcome is None for making in self._begun.values())
        return running < engine.slots and len(self._begun) < AHEAD * engine.slots

    def _start(self, engine: Engine, session: date) -> None:
        assembly = Assembly(self._snapshot, session, self._todo.pop(session))
        folder = ExitStack()
        task = assembly.task(folder.enter_context(scratch(self._snapshot.layout)))
        self._begun[session] = _Making(assembly, task, self._coming(session), folder)
        self._report(Event("start", session, count=len(task.pieces), left=self._left()))
        engine.start(task)

    def _take(self, engine: Engine) -> None:
        """Record what has ended, unless something that it looked back at may still fail."""
        for session, making in sorted(self._begun.items()):
            undecided = self._begun.keys() | self._todo.keys()
            if making.outcome and not making.assembly.awaited & undecided:
                del self._begun[session]
                if not self._record(making, making.outcome):
                    self._failed.add(session)
                    self._adopt(promising(self._snapshot, self._selector, self._sessions), engine)
                    return self._take(engine)
        return None

    def _record(self, making: _Making, outcome: Outcome) -> bool:
        """Put an outcome on record; return whether the session counts as built."""
        session = outcome.session
        failures = recording.blocking(self._snapshot, outcome, self._granted, self._report)
        failures += emptied(self._snapshot, outcome)
        if failures:
            lines = [(failure, making.assembly.line(failure)) for failure in failures]
            attempt = self.plan.attempts[session]
            recording.fail(self._snapshot, making.assembly, attempt, lines, self._report)
            self._result.failures += [line for _, line in lines]
            self._report(Event("end", session, left=self._left()))
        else:
            builds = recording.settle_all(self._snapshot, outcome, making.fingerprints)
            self._result.built += builds
            rows, seconds = sum(b.rows for b in builds), sum(b.seconds for b in builds)
            found = {"rows": rows, "seconds": seconds, "count": len(builds)}
            self._report(Event("end", session, **found, left=self._left()))  # type: ignore[arg-type]
            self._publish()
        making.folder.close()
        return not failures

    def _publish(self) -> None:
        if time.monotonic() - self._published > PUBLISH_SECONDS:
            name = self._write_catalog().name
            self._report(Event("publish", message=f"published {name}"))
            self._published = time.monotonic()

    def _adopt(self, plan: Plan, engine: Engine) -> None:
        """Take over a plan, and put back what was begun for another one."""
        self.plan = plan
        self._todo = {at: models for at, models in plan.todo.items() if at not in self._failed}
        self._snapshot.coming = {
            pair: known for pair, known in plan.coming.items() if pair[1] in self._todo
        }
        for session, making in list(self._begun.items()):
            if self._coming(session) == making.fingerprints:
                del self._todo[session]
            else:
                self._put_back(engine, self._begun.pop(session))

    def _coming(self, session: date) -> dict[Pair, str]:
        return {pair: known for pair, known in self.plan.coming.items() if pair[1] == session}

    def _put_back(self, engine: Engine, making: _Making) -> None:
        if making.outcome is None:
            engine.stop(making.task)
        making.folder.close()
        self._report(Event("put back", making.task.session, left=self._left()))

    def _left(self) -> int:
        return len(self._todo) + len(self._begun)
