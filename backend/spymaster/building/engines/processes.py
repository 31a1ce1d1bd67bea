"""Sessions built side by side, each in a process that dies with this one."""

from __future__ import annotations

import os
import signal
import threading
from datetime import date
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait

from spymaster.building.report import Report
from spymaster.building.session import build, failed
from spymaster.building.task import Outcome, Task

_spawn = get_context("spawn")  # a fork would copy DuckDB's locks without their threads


class Processes:
    """Up to ``slots`` processes, started when needed; one that dies fails its session only."""

    def __init__(self, slots: int, report: Report) -> None:
        self.slots = slots
        self._report = report
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}

    def start(self, task: Task) -> None:
        """Hand a session to an idle process, or to a new one."""
        worker = self._idle.pop() if self._idle else _Worker(self.slots)
        try:
            worker.begin(task)
        except OSError:  # killed since its last session, as where memory is short
            worker.kill()
            worker = _Worker(self.slots)
            worker.begin(task)
        self._busy[worker.pipe] = worker

    def next(self) -> Outcome:
        """Pass on what the processes tell until one of them has finished."""
        while True:
            for pipe in wait(list(self._busy)):
                assert isinstance(pipe, Connection)
                outcome = self._receive(self._busy[pipe])
                if outcome:
                    return outcome

    def stop(self, task: Task) -> None:
        """Kill the process that builds a session."""
        worker = next(w for w in self._busy.values() if w.session == task.session)
        del self._busy[worker.pipe]
        worker.kill()

    def close(self) -> None:
        """Kill all processes."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.kill()
        self._idle, self._busy = [], {}

    def _receive(self, worker: _Worker) -> Outcome | None:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            del self._busy[worker.pipe]
            return worker.died()
        if not isinstance(message, Outcome):
            self._report(message)
            return None
        del self._busy[worker.pipe]
        self._idle.append(worker)
        return message


class _Worker:
    """One process, as seen from here."""

    def __init__(self, shares: int) -> None:
        self.pipe, theirs = _spawn.Pipe()
        self.session = date.min
        self._process = _spawn.Process(target=_serve, args=(theirs, shares), daemon=True)
        self._process.start()
        theirs.close()  # so that the pipe ends with the process

    def begin(self, task: Task) -> None:
        self.session = task.session
        self.pipe.send(task)

    def died(self) -> Outcome:
        self._process.join()
        code = self._process.exitcode or 0
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        self.pipe.close()
        return failed(self.session, f"its process {how}")

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe: Connection, shares: int) -> None:
    """Build what comes through the pipe until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which kills us
    threading.Thread(target=_die_with_parent, daemon=True).start()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(build(task, pipe.send, shares=shares))


def _die_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
