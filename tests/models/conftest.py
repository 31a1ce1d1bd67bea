"""A desk for every test: a small SQL folder and an empty warehouse."""

from pathlib import Path

import pytest

from models.desk import Desk, make


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a SQL folder and a warehouse of a test's own."""
    return make(tmp_path)
