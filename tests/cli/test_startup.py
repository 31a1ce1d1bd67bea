"""What a command costs before it does anything."""

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from cli.conftest import Shell
from spymaster.releases import release

HEAVY = (
    "duckdb",
    "_duckdb",
    "sqlglot",
    "pyarrow",
    "databento",
    "databento_dbn",
    "pandas",
    "numpy",
    "rich",
)
HELP = """
import sys
from spymaster.cli.app import app
try:
    app(["--help"])
except SystemExit:
    print("loaded:", *[name for name in sys.argv[1:] if name in sys.modules])
"""


def test_help_loads_nothing_heavy() -> None:
    result = subprocess.run(
        [sys.executable, "-c", HELP, *HEAVY], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("Usage: ")
    assert result.stdout.splitlines()[-1] == "loaded:"


THREADS = """
import os, sys, threading
from spymaster.cli import app, entry
def count() -> None:
    import numpy
    own = threading.active_count()
    print(len(os.listdir("/proc/self/task")) - own, flush=True)
app.app = count
entry.main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a process's threads in /proc")
@pytest.mark.parametrize("given", [{}, {"OPENBLAS_NUM_THREADS": "2"}])
def test_a_command_starts_no_threads_for_matrices_unless_told_to(given: dict[str, str]) -> None:
    more = min(len(os.sched_getaffinity(0)), 2) - 1 if given else 0
    told = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name} | given
    result = subprocess.run(
        [sys.executable, "-c", THREADS], capture_output=True, text=True, check=False, env=told
    )
    assert result.stdout.strip() == str(more), result.stderr


def test_the_package_loads_nothing_heavy() -> None:
    code = "import sys, spymaster; print(*[name for name in sys.argv[1:] if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""


def test_a_command_makes_no_other_and_imports_no_other_verb(built: Shell) -> None:
    code = (
        "import sys; from spymaster.cli.app import app; app(['run'], standalone_mode=False);"
        "parts = [name.split('.')[2:] for name in sys.modules if name.startswith('spymaster.')];"
        "print(*sorted(part[-1] for part in parts if part and part[0] in ('commands', 'check')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=built.folder, capture_output=True, text=True, check=True
    )
    assert done.stderr.startswith("nothing to do: ")
    assert done.stdout == "build commands\n"


@pytest.mark.parametrize("package", ["sqlglot", "exchange_calendars"])
def test_a_release_is_what_its_metadata_says(package: str) -> None:
    assert release(package) == version(package)
