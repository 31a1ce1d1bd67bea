"""One small history for all tests of what the past says."""

from __future__ import annotations

from datetime import time

import pytest

from first_use import Used
from setups.history import World, build
from spymaster.settings import Settings

UNTIL = time(10)
"""Half an hour has some touches at most levels."""


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Settings:
    """Six sessions whose flow tells what comes, then four whose flow tells nothing."""
    folder = tmp_path_factory.mktemp("history")
    used(folder / "warehouse")
    return build(folder, [World("W3", 6, end=UNTIL), World("W0", 4, end=UNTIL)])
