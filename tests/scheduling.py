"""Which process runs which tests, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
import xdist.scheduler

TOGETHER: dict[str, tuple[str, ...]] = {
    "simulated": ("clients/", "dashboard/", "documentation/", "live/test_seal", "charts/"),
    "exposure": ("options/exposure/",),
    "options": ("options/",),
    "demo": (
        *("cli/test_demo", "cli/test_questions", "cli/test_python", "cli/test_serve"),
        *("cli/test_settings_of_warehouses", "cli/test_texts"),
    ),
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.nodeid))


def rank(nodeid: str) -> int:
    """Return where in ``FIRST`` a test stands, or how many there are."""
    place = within(nodeid)
    return next((at for at, name in enumerate(FIRST) if place.startswith(name)), len(FIRST))


def within(nodeid: str) -> str:
    return nodeid.removeprefix("tests/")
