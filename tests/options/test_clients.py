"""The macros of a published catalog, as other DuckDB clients call them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spymaster import models
from spymaster.settings import Settings

DUCKDB = Path(sys.executable).with_name("duckdb")
CALL = "b76_price(1, 100, 100, 0.5, 0.2, exp(-0.01))::decimal(9, 6)"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog under another name, in another folder."""
    folder = tmp_path_factory.mktemp("desk")
    published = models.publish(Settings(warehouse=folder / "warehouse"))
    assert published is not None
    return Path(shutil.move(published, folder / "renamed.duckdb"))


def ask(*args: str | Path) -> str:
    done = subprocess.run(
        [DUCKDB, "-csv", "-noheader", *args], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_duckdb_shell_calls_the_macros_of_a_catalog_that_it_opens(catalog: Path) -> None:
    assert ask("-readonly", catalog, f"select {CALL}") == "5.581107"


def test_the_duckdb_shell_calls_the_macros_of_a_catalog_that_it_attaches(catalog: Path) -> None:
    attach = f"attach '{catalog}' as desk (read_only)"
    assert ask(":memory:", f"{attach}; select desk.{CALL}") == "5.581107"
