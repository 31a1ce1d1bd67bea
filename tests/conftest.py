"""What every test may ask for."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real vendor records, kept beside the repository and not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real market data at {SHARED_DATA}")
    return SHARED_DATA
