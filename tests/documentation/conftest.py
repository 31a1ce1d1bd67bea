"""The site of a small warehouse, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.conftest import Shell
from documentation.pages import Reader, read
from spymaster.settings import Settings


@pytest.fixture(scope="session")
def folder(simulated: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the command wrote the site."""
    place = tmp_path_factory.mktemp("documentation")
    # a process of its own: within this one what libraries log is not on stderr
    written = Shell(place)("docs", "-o", "site", "--warehouse", simulated.warehouse)
    pages = len(list((place / "site").rglob("*.html")))
    assert (written.returncode, written.stdout) == (0, "")
    assert written.stderr == f"site/index.html: {pages} pages\n"
    return place / "site"


@pytest.fixture(scope="session")
def pages(folder: Path) -> dict[str, Reader]:
    """Return its pages by place."""
    return read(folder)
