"""What doctor and gc print, and how they end."""

import json

from cli.conftest import Shell


def test_doctor_says_how_the_warehouse_is_without_touching_it(built: Shell) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.warehouse.rglob("*")}
    result = built.inside("doctor")
    assert (result.returncode, result.stderr) == (0, "")
    assert {"writer", "catalogs", "disk", "failed"} <= {
        line.split()[0] for line in result.stdout.splitlines()
    }
    told = json.loads(built.inside("doctor", "--json", DATABENTO_API_KEY="db-secret").stdout)
    assert told["ok"]
    assert {"name": "key", "found": "DATABENTO_API_KEY is set", "problem": None} in told["checks"]
    assert {path: path.stat().st_mtime_ns for path in built.warehouse.rglob("*")} == before


def test_doctor_ends_with_1_and_a_line_for_what_is_wrong(moved: Shell) -> None:
    result = moved.inside("doctor")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: catalogs: ")
    assert line.endswith(": was written for another folder; run")
    moved.inside("tables")
    assert moved.inside("doctor").returncode == 0


def test_gc_prints_a_line_for_each_file_and_the_total(moved: Shell) -> None:
    left = moved.warehouse / "tmp" / "1-x"
    left.mkdir(parents=True)
    (left / "half.parquet").write_bytes(b"12345")
    planned = moved.inside("gc", "--dry-run")
    assert planned.stdout == f"{left}\ttemporary\t5\n"
    assert planned.stderr == "would remove 1 files, 5 B\n"
    assert left.exists()
    assert moved.inside("gc").stderr == "removed 1 files, 5 B\n"
    assert not left.exists()
    assert moved.inside("gc").stderr == "nothing to remove\n"
