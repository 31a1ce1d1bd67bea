"""Which process runs which tests, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
import xdist.scheduler

DEAR = {"demonstrated", "planted", "led"}
"""Fixtures that cost more than all who ask for them: those are thorough, so nobody pays twice."""
TOGETHER: dict[str, tuple[str, ...]] = {
    "simulated": ("clients/", "dashboard/", "documentation/", "live/test_seal", "charts/"),
    "exposure": ("options/exposure/",),
    "options": ("options/",),
    "cli": ("cli/",),
    "pressure": ("pressure/",),
    "setups": ("setups/",),
}
"""Tests that read one costly session: whoever of the processes builds it runs them all. The first
scope counts that a test is in."""
FIRST = (
    *(
        "operations/test_soak",
        "pressure/",
        "setups/",
        "cli/",
        "clients/",
        "dashboard/",
        "documentation/",
    ),
    *("charts/", "options/", "book/", "building/test_backfill", "operations/test_adversity"),
    *("building/", "operations/", "catalog/", "definitions/"),
    *("simulate/", "pull/", "levels/", "land/"),
)
"""What takes longest comes first: a process that starts it last keeps the others idle."""


class Scheduler(xdist.scheduler.LoadScopeScheduling):
    """Hands out tests by module, and by session where several modules read the same."""

    def _split_scope(self, nodeid: str) -> str:
        for scope, places in TOGETHER.items():
            if within(nodeid).startswith(places):
                return scope
        return str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler:
    config.option.loadscopereorder = False
    return Scheduler(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test into its tier, before ``-m`` chooses, and all into their order."""
    for item in items:
        is_slow = item.get_closest_marker("slow") is not None
        if DEAR.intersection(getattr(item, "fixturenames", ())) and not is_slow:
            item.add_marker("thorough")
        if is_slow and item.get_closest_marker("thorough"):
            raise pytest.UsageError(f"{item.nodeid}: marked slow and thorough; it runs as one")
    items.sort(key=lambda item: rank(item.nodeid))


def rank(nodeid: str) -> int:
    """Return where in ``FIRST`` a test stands, or how many there are."""
    place = within(nodeid)
    return next((at for at, name in enumerate(FIRST) if place.startswith(name)), len(FIRST))


def within(nodeid: str) -> str:
    return nodeid.removeprefix("tests/")
