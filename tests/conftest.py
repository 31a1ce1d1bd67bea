"""What every test may ask for."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import xdist.scheduler

from spymaster import models
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


TOGETHER: dict[str, tuple[str, ...]] = {
    "simulated": ("clients/", "dashboard/", "documentation/", "plot/"),
    "options": ("options/",),
    "demo": ("cli/test_demo", "cli/test_questions"),
}
"""Tests that read one costly session: whoever of the processes builds it runs them all."""


class Scheduler(xdist.scheduler.LoadScopeScheduling):
    """Hands out tests by module, and by session where several modules read the same."""

    def _split_scope(self, nodeid: str) -> str:
        for scope, places in TOGETHER.items():
            if nodeid.removeprefix("tests/").startswith(places):
                return scope
        return str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> xdist.scheduler.LoadScopeScheduling:
    return Scheduler(config, log)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real vendor records, kept beside the repository and not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real market data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Ten minutes of 2024-03-05 around PM_HIGH, simulated, landed and built, to read only."""
    folder = tmp_path_factory.mktemp("simulated")
    made = simulate(
        folder / "files",
        session=date(2024, 3, 5),
        world="W0",
        rate=0.01,
        start=time(9, 20),
        end=time(9, 40),
    )
    settings = Settings(folder / "warehouse", window_end=time(9, 40), levels=("PM_HIGH",))
    land(made.files, settings)
    assert models.run(settings).failures == []
    return settings
