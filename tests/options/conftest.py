"""A simulated session of options, built once for all that only read it."""

import pytest

from options.simulated import Day, build


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A quarter of an hour around planted flow, with everything there is about options."""
    return build(
        tmp_path_factory.mktemp("options"),
        "+pressure.features_5s",
        "+options.flow_5s",
        "+market.sessions",
    )
