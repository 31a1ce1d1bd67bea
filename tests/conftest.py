"""What every test may ask for."""

from datetime import date, time
from pathlib import Path

import pytest

from spymaster import models
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


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
