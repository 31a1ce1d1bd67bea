"""A simulated session of options, built once for all that only read it."""

import pytest

from first_use import Used
from options.simulated import Day, build


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Day:
    """A quarter of an hour around planted flow, with everything there is about options."""
    folder = tmp_path_factory.mktemp("options")
    used(folder / "warehouse")
    return build(folder, None)
