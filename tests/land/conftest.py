"""A warehouse of its own for every test that lands."""

from pathlib import Path

import pytest

from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty warehouse."""
    return Settings(warehouse=tmp_path / "warehouse")


@pytest.fixture
def layout(settings: Settings) -> Layout:
    """Paths of that warehouse."""
    return Layout(settings.warehouse)
