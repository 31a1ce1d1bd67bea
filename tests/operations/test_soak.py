"""A builder that is killed again and again beside three kinds of readers, for a while."""

from pathlib import Path

import pytest

from benchmarks.soak import soak
from first_use import Used


@pytest.mark.thorough
def test_readers_and_the_warehouse_survive_a_builder_that_is_killed(
    tmp_path: Path, used: Used
) -> None:
    used(tmp_path / "warehouse")
    seen = soak(tmp_path, seconds=4, selector="market.sessions", sessions=2, pause=0.3)
    assert seen.problems == []
    assert seen.kills > 0
    assert {name for name, reader in seen.readers.items() if reader["reads"]} == {
        "opens",
        "keeps",
        "shell",
    }
