"""The ledger's file: open for a moment, by one thread at a time, whole or not at all."""

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from spymaster.errors import DataError
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import MOST, Ledger

ELSEWHERE = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('checkpoint')"


def opens_elsewhere(path: Path) -> bool:
    """Whether another process may open a database file to write."""
    args = [sys.executable, "-c", ELSEWHERE, str(path)]
    return subprocess.run(args, capture_output=True, check=False).returncode == 0


def test_threads_that_read_and_write_take_turns(tmp_path: Path) -> None:
    ledger = Ledger(Layout(tmp_path))
    ledger.remember({"first": "0"})

    def work(number: int) -> int:
        Ledger(Layout(tmp_path)).remember({str(number): "1"})
        return len(Ledger(Layout(tmp_path)).parsed())

    with ThreadPoolExecutor(8) as threads:
        seen = sorted(threads.map(work, range(40)))
    assert seen[0] > 1
    assert seen[-1] == len(ledger.parsed()) == 41


def test_templates_are_forgotten_and_not_what_files_said_of_each_session(tmp_path: Path) -> None:
    """Else a history of years would be asked for all its contracts whenever a session lands."""
    ledger = Ledger(Layout(tmp_path))
    said = {f"contract of {number:016x}": "[1, null]" for number in range(MOST + 1)}
    templates = {sha256(str(number).encode()).hexdigest(): "{}" for number in range(MOST)}
    ledger.remember(said | templates)
    ledger.remember({"a" * 64: "{}"})
    assert ledger.parsed() == said | templates | {"a" * 64: "{}"}
    ledger.remember({"b" * 64: "{}"})
    assert ledger.parsed() == said | {"b" * 64: "{}"}


def test_a_write_leaves_the_file_that_was_there_as_it_was(tmp_path: Path) -> None:
    """DuckDB would write some blocks in place, and a process killed then leaves half of one."""
    ledger, path = Ledger(Layout(tmp_path)), Layout(tmp_path).ledger
    ledger.remember({"first": "0"})
    with path.open("rb") as before:
        content = before.read()
        ledger.remember({"second": "1"})
        before.seek(0)
        assert before.read() == content
    assert ledger.parsed() == {"first": "0", "second": "1"}
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_a_write_that_the_disk_refuses_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, path = Ledger(Layout(tmp_path)), Layout(tmp_path).ledger
    ledger.remember({"first": "0"})

    def full(*_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("spymaster.warehouse.ledger.settle", full)
    with pytest.raises(DataError, match=r"ledger\.duckdb: cannot be written: No space left"):
        ledger.remember({"second": "1"})
    assert ledger.parsed() == {"first": "0"}
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_what_was_not_committed_is_rolled_back(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duck.opened(path) as connection:
        connection.execute("create table a (b int)")
    with duck.opened(path) as connection:
        connection.begin()
        connection.execute("insert into a values (1)")
    with duck.opened(path, read_only=True) as connection:
        assert connection.execute("from a").fetchall() == []
        with pytest.raises(duck.DuckError, match="read-only"):
            connection.execute("insert into a values (1)")


def test_other_processes_wait_only_while_it_is_open(tmp_path: Path) -> None:
    ledger = Ledger(Layout(tmp_path))
    ledger.remember({"first": "0"})
    path = Layout(tmp_path).ledger
    assert opens_elsewhere(path)
    with ledger.reading():
        assert not opens_elsewhere(path)
    assert opens_elsewhere(path)


def test_a_file_that_is_no_ledger_is_named_each_time(tmp_path: Path) -> None:
    path = Layout(tmp_path).ledger
    path.write_bytes(b"x" * 5000)
    for _ in range(2):
        with pytest.raises(DataError, match="not a valid DuckDB database file"):
            Ledger(Layout(tmp_path)).parsed()
    path.unlink()
    Ledger(Layout(tmp_path)).remember({"first": "0"})
    assert Ledger(Layout(tmp_path)).parsed() == {"first": "0"}
