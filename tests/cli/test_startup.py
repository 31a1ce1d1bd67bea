"""What a command costs before it does anything."""

import subprocess
import sys

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


def test_the_package_loads_nothing_heavy() -> None:
    code = "import sys, spymaster; print(*[name for name in sys.argv[1:] if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
