"""The site of a small warehouse, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from documentation.pages import Reader, read
from spymaster.docs import site
from spymaster.settings import Settings


@pytest.fixture(scope="session")
def folder(simulated: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the site lies."""
    folder = tmp_path_factory.mktemp("documentation") / "site"
    assert site(simulated, folder) == len(list(folder.rglob("*.html")))
    return folder


@pytest.fixture(scope="session")
def pages(folder: Path) -> dict[str, Reader]:
    """Return its pages by place."""
    return read(folder)
