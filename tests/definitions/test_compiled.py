"""What templates compile to is made once, for every process that renders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="where caches lie differs")
RENDERED = """
import sys
from pathlib import Path
import jinja2
compiled, really = [], jinja2.Environment.compile
def counted(self, *words, **others):
    compiled.append(words)
    return really(self, *words, **others)
jinja2.Environment.compile = counted
from spymaster.definitions.renderer import Renderer
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
folder = Path(sys.argv[1]) if sys.argv[1:] else SQL
print(len(compiled), len(Renderer(folder, Settings()).macros), len(compiled))
"""


def rendered(home: str | Path, *words: str, code: str = RENDERED) -> tuple[int, int]:
    """Return how many files were rendered by a new process, and how many it compiled."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"XDG_CACHE_HOME": str(home)},
    )
    _, count, compiled = map(int, done.stdout.split())
    return count, compiled


def test_a_second_process_takes_what_the_first_one_compiled(tmp_path: Path) -> None:
    count, compiled = rendered(tmp_path)
    assert compiled >= count > 3
    assert rendered(tmp_path) == (count, 0)
    (folder,) = (tmp_path / "spymaster").iterdir()
    assert folder.name.startswith("templates-")
    assert len(list(folder.iterdir())) == compiled


def test_a_folder_that_is_not_the_programs_leaves_nothing_behind(tmp_path: Path) -> None:
    own = tmp_path / "sql" / "macros" / "own.duckdb.sql"
    own.parent.mkdir(parents=True)
    own.write_text("create or replace macro half(x) as x / 2;\n", encoding="utf-8")
    assert rendered(tmp_path / "home", str(tmp_path / "sql")) == (1, 1)
    assert not (tmp_path / "home").exists()


def test_a_folder_that_goes_while_it_renders_costs_no_build(tmp_path: Path) -> None:
    gone = "import shutil, os\nfrom spymaster.definitions import template\n" + RENDERED.replace(
        "print(", "template._compiled(SQL)\nshutil.rmtree(os.environ['XDG_CACHE_HOME'])\nprint("
    )
    count, compiled = rendered(tmp_path / "home", code=gone)
    assert compiled >= count
    assert not (tmp_path / "home").exists()


def test_where_nothing_can_be_written_it_compiles_for_itself() -> None:
    count, compiled = rendered("/proc/nowhere")
    assert compiled >= count
    assert rendered("/proc/nowhere") == (count, compiled)
