"""Sessions built on a Ray cluster whose machines all see the warehouse under the same path."""

from __future__ import annotations

import logging
import os
from typing import Any

from spymaster.building.report import Report
from spymaster.building.session import build, failed
from spymaster.building.task import Outcome, Task
from spymaster.errors import UsageError
from spymaster.warehouse import duck
from spymaster.warehouse.files import spill

LOOPBACK = "127.0.0.2"
"""Ray replaces 127.0.0.1 by the address that other machines see."""
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing about a run leaves the cluster
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # a machine uses what is installed on it
}


class Cluster:
    """Up to ``slots`` sessions at a time on the cluster at RAY_ADDRESS, or on this machine.

    Parameters
    ----------
    slots : int
        A session gets an even part of the cluster's cores.

    Raises
    ------
    UsageError
        If Ray is not installed, or there is no cluster at the address.
    """

    def __init__(self, slots: int, report: Report) -> None:
        self.slots = slots
        self._report = report
        self._ray = _connected()
        self._threads = max(int(self._ray.cluster_resources().get("CPU", 1)) // slots, 1)
        # a session whose machine is lost is planned again by the caller, so Ray need not retry
        self._build = self._ray.remote(num_cpus=self._threads, max_retries=0)(_build)
        self._running: dict[Any, Task] = {}

    def start(self, task: Task) -> None:
        """Hand a session to the cluster."""
        self._running[self._build.remote(task, self._threads)] = task

    def next(self) -> Outcome:
        """Wait for the first session that ends."""
        (ended, *_), _ = self._ray.wait(list(self._running), num_returns=1)
        task = self._running.pop(ended)
        try:
            outcome: Outcome = self._ray.get(ended)
        except self._ray.exceptions.RayError as error:
            return failed(task.session, f"{type(error).__name__}: {_first_line(error)}")
        for written in outcome.written:
            self._report(written.event(task.session))
        return outcome

    def stop(self, task: Task) -> None:
        """Kill the process that builds a session."""
        reference = next(ref for ref, one in self._running.items() if one is task)
        del self._running[reference]
        self._ray.cancel(reference, force=True)

    def close(self) -> None:
        """Kill what runs and leave the cluster."""
        for reference in self._running:
            self._ray.cancel(reference, force=True)
        self._running = {}
        self._ray.shutdown()


def _build(task: Task, threads: int) -> Outcome:
    """Build a session where the cluster runs this, spilling to that machine's own disk."""
    with spill() as folder:
        return build(task, shares=max(duck.cores() // threads, 1), spill=folder)


def _connected() -> Any:
    os.environ.update(QUIET)
    try:
        import ray
    except ImportError as error:
        raise UsageError("--engine ray needs Ray: pip install 'spymaster[ray]'") from error
    address = os.environ.get("RAY_ADDRESS")
    given: dict[str, Any] = {"address": address or "local", "log_to_driver": False}
    if not address:
        given |= {"_node_ip_address": LOOPBACK, "include_dashboard": False}
    try:
        ray.init(**given, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UsageError(f"no Ray cluster at {address}: {_first_line(error)}") from error
    return ray


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
