"""What compiling costs: once, wherever the program lies, and only where a book is built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
from spymaster.book import loop, mark
print(sum(one.stats.cache_hits.total() for one in (loop.fold, mark.mark)))
"""


def run(code: str, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=kept | environment,
    )
    return done.stdout.strip()


@pytest.mark.thorough
def test_a_second_process_takes_what_the_first_one_compiled(tmp_path: Path) -> None:
    home = "import spymaster.book, pathlib; print(pathlib.Path(spymaster.book.__file__).parent)"
    assert run(LOADED, NUMBA_CACHE_DIR=str(tmp_path)) == "0"
    assert run(LOADED, NUMBA_CACHE_DIR=str(tmp_path)) == "2"
    (folder,) = (tmp_path / "spymaster").iterdir()
    assert folder.name.startswith("book-")
    assert list(Path(run(home)).rglob("*.nb[ci]")) == []  # an installation may be read-only


@pytest.mark.skipif(sys.platform != "linux", reason="where caches lie differs")
def test_compiled_code_lies_with_the_users_other_caches(tmp_path: Path) -> None:
    asked = "from spymaster.book import compiled; print(compiled.cache_folder().parent)"
    assert run(asked, XDG_CACHE_HOME=str(tmp_path)) == str(tmp_path / "spymaster")
    assert run(asked, HOME=str(tmp_path)) == str(tmp_path / ".cache" / "spymaster")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody can write into")
def test_where_no_cache_can_be_written_it_compiles_for_itself() -> None:
    """The smaller of the two, which is compiled in the same way."""
    code = "from spymaster.book import mark; print(mark.mark.stats.cache_hits.total())"
    assert run(code, NUMBA_CACHE_DIR="/proc/nowhere") == "0"


@pytest.mark.parametrize("what", ["spymaster", "spymaster.cli", "spymaster.book.source"])
def test_what_builds_no_book_imports_no_compiler(what: str) -> None:
    assert run(f"import sys, {what}; print('numba' in sys.modules)") == "False"
