"""How commands end: the code, and one line on stderr that says why."""

from datetime import time
from pathlib import Path

import pytest

from cli.conftest import SESSION, Shell, single_line
from spymaster.simulate import simulate
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer

DAYS = ("--from", "2024-03-05", "--to", "2024-03-05")
CHANGED = ("--window-end", "09:33", "--change-settings")
NO_SUCH_SESSION = "2024-03-06: no such session is built; there are 2024-03-05 to 2024-03-05"


def test_0_when_all_is_well(built: Shell) -> None:
    result = built("query", "select 1 as a", "--format", "csv")
    assert (result.returncode, result.stdout, result.stderr) == (0, "a\n1\n", "")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["query", "select"], "query: Parser Error: SELECT clause without selection list"),
        (
            ["query", "from nowhere"],
            "query: Catalog Error: Table with name nowhere does not exist!",
        ),
    ],
)
def test_1_when_a_question_is_wrong(built: Shell, args: list[str], said: str) -> None:
    result = built.inside(*args)
    assert single_line(result).startswith(said)
    assert result.returncode == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "bad.dbn: "),
        (b"these are not the bytes of a market", "bad.dbn: "),
        (b"\x28\xb5\x2f\xfdnot zstd either", "bad.dbn: "),
        (b"DBN\x09\x00\x00\x00\x00", "bad.dbn: "),
        (b"DBN", "bad.dbn: ends 3 bytes into its header"),
    ],
)
def test_1_when_a_file_is_not_what_it_should_be(shell: Shell, content: bytes, said: str) -> None:
    (shell.folder / "bad.dbn").write_bytes(content)
    result = shell.inside("land", "bad.dbn")
    assert single_line(result).startswith(said)
    assert result.returncode == 1
    assert not shell.warehouse.joinpath("raw").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["land", "none.dbn"], "none.dbn: no such file or folder"),
        (["land", "."], ".: "),
        (["query", "none.sql"], "none.sql: cannot be read: No such file or directory"),
        (["query", "select 1", "--format", "xml"], "format 'xml'; allowed: table, box, "),
        (["query", "select 1"], "{}/spymaster.duckdb: no catalog yet; land files and run"),
        (["tables"], "{}/spymaster.duckdb: no catalog yet; land files and run"),
        (["describe", "flow_5s"], "{}/spymaster.duckdb: no catalog yet; land files and run"),
        (["run", "--session", "5 March"], "5 March: expected a date such as 2024-03-05"),
        (["simulate", "2024-03-05", "-o", "x", "--world", "W9"], "world 'W9': allowed are W0, "),
        (["simulate", "2024-03-05", "-o", "x", "--rate", "0"], "rate 0.0: must be above 0"),
        (
            ["simulate", "2024-03-05", "-o", "x", "--rate", "inf"],
            "rate inf: must be above 0, at mo",
        ),
        (
            ["simulate", "2024-03-05", "-o", "x", "--strength", "inf"],
            "strength inf: allowed are 0 ",
        ),
        (["simulate", "tomorrow", "-o", "x"], "tomorrow: expected a date such as 2024-03-05"),
        (["plan", "--window-start", "noon"], "--window-start = 'noon': expected a time of day"),
    ],
)
def test_2_when_the_command_is_wrong(shell: Shell, args: list[str], said: str) -> None:
    result = shell.inside(*args)
    assert single_line(result).startswith(said.format(shell.warehouse))
    assert result.returncode == 2


@pytest.mark.parametrize("args", [["plan"], ["tables"], ["plan", "--manual-levels", "around"]])
def test_2_when_a_folder_is_a_link_to_itself(shell: Shell, args: list[str]) -> None:
    around = shell.folder / "around"
    around.symlink_to(around)
    if "around" not in args:
        shell.warehouse.symlink_to(shell.warehouse)
    result = shell.inside(*args)
    assert single_line(result).endswith(": a link that leads to itself")
    assert result.returncode == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["plan", "--session", "2024-03-06"], "no session 2024-03-06: there is 2024-03-05"),
        (["plan", "book.nowhere"], "no model is called 'book.nowhere'; there are: analogs.*, "),
        (["render", "book.nowhere"], "no model is called 'book.nowhere'; there are: analogs.*, "),
        (["lineage", "book.flow_5s.nothing"], "book.flow_5s has no column 'nothing'; there are: "),
        (["lineage", "flow_5s.pul_qty"], "book.flow_5s has no column 'pul_qty'; near: pull_qty, "),
        (["describe", "flow_5"], "flow_5: no such relation; near: book.flow_5s"),
        (
            ["describe", "ny"],
            "ny: no such relation; a macro by that name: ny(moment); what it does",
        ),
        (["plot", "PM_LOW", "-o", "x.png", "--session", "2024-03-06"], NO_SUCH_SESSION),
        (["plot", "gex", "-o", "x.png", "--session", "2024-03-06"], NO_SUCH_SESSION),
        (["report", "2024-03-06", "-o", "x.html"], NO_SUCH_SESSION),
    ],
)
def test_2_when_something_is_named_that_is_not_there(
    built: Shell, args: list[str], said: str
) -> None:
    result = built.inside(*args)
    assert single_line(result).startswith(said)
    assert result.returncode == 2


def test_what_a_shell_gives_that_is_no_utf_8_is_said_so(built: Shell) -> None:
    bytes_ = "\udcff"  # as Python has the byte ff of an argument
    said = single_line(built.inside("query", f"select '{bytes_}'"))
    assert said == "query: not UTF-8"
    for args in (["outcomes", bytes_], ["query", "select $a", "-p", f"a={bytes_}"]):
        assert single_line(built.inside(*args)).startswith("'\\udcff': expected text, ")


@pytest.mark.parametrize("sql", ["insert into flow_5s values (1)", "select 1; select 2", ""])
def test_2_when_a_question_is_not_one_that_reads(built: Shell, sql: str) -> None:
    result = built.inside("query", sql)
    assert single_line(result).startswith("query runs one SELECT; found: ")
    assert result.returncode == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nothing"], "No such command 'nothing'"),
        (["land"], "Missing argument 'paths'"),
        (["query", "select 1", "--nothing"], "No such option: --nothing"),
        (["run", "--wait", "long"], "'long' is not a valid float"),
        (["run", "--wait", "-5"], "-5.0 is not in the range 0<=x<=604800"),
        (["run", "--wait", "nan"], "nan is no number"),
        (["pull", *DAYS, "--max-cost", "nan", "--yes"], "nan is no number"),
        (["pull", *DAYS, "--patience", "nan"], "nan is no number"),
    ],
)
def test_2_with_a_hint_when_the_command_cannot_be_parsed(
    shell: Shell, args: list[str], said: str
) -> None:
    result = shell(*args)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Usage: spymaster" in result.stderr
    assert "Traceback" not in result.stderr


def test_2_when_the_settings_are_wrong(built: Shell, shell: Shell) -> None:
    (shell.folder / "spymaster.toml").write_text("window_start = ")
    result = shell.inside("tables")
    assert "spymaster.toml: not valid TOML: Invalid value" in single_line(result)
    assert result.returncode == 2
    result = built.inside("tables", SPYMASTER_WINDOW_STRAT="09:30")
    assert single_line(result).startswith("SPYMASTER_WINDOW_STRAT: unknown setting; allowed: ")
    assert result.returncode == 2


@pytest.mark.parametrize("args", [["run"], ["land", "files"]])
def test_3_when_another_process_writes_naming_it(moved: Shell, args: list[str]) -> None:
    with writer(Layout(moved.warehouse), "spymaster elsewhere"):
        result = moved(*args)
    assert result.returncode == 3
    assert f"{moved.warehouse}: held by spymaster elsewhere (pid " in single_line(result)


def test_4_when_it_would_count_a_day_twice(moved: Shell) -> None:
    span = {"start": time(9, 30), "end": time(9, 31)}
    made = simulate(moved.folder, session=SESSION, world="W0", rate=0.0001, seed=1, **span)
    result = moved("land", made.mbo)
    assert "--replace" in single_line(result)
    assert result.returncode == 4


def test_5_when_asked_and_there_is_something_to_do(built: Shell) -> None:
    assert built("plan", "--exit-code").returncode == 0
    assert built("plan", "--exit-code", *CHANGED).returncode == 5
    assert built("plan", *CHANGED).returncode == 0


@pytest.mark.skipif("os.geteuid() == 0", reason="root may write everywhere")
def test_a_warehouse_that_may_not_be_written_is_named(moved: Shell) -> None:
    moved.warehouse.joinpath("writer.lock").unlink()
    moved.warehouse.chmod(0o555)
    result = moved("run")
    moved.warehouse.chmod(0o755)
    assert single_line(result) == f"{moved.warehouse}/writer.lock: Permission denied"
    assert result.returncode == 1


def test_a_warehouse_that_is_a_file_is_named(shell: Shell) -> None:
    shell.warehouse.write_text("")
    for args in (["run"], ["land", "spymaster.toml"]):
        result = shell(*args)
        assert single_line(result).startswith(f"{shell.warehouse}: no warehouse; ")
        assert result.returncode == 2


def test_a_catalog_of_something_else_is_named(shell: Shell) -> None:
    shell.warehouse.mkdir()
    shell.warehouse.joinpath("spymaster.duckdb").write_bytes(b"x" * 5000)
    result = shell("query", "select 1")
    assert "not a valid DuckDB database file" in single_line(result)
    assert result.returncode == 1


def test_a_full_disk_is_no_success(built: Shell) -> None:
    import subprocess

    from cli.conftest import PROGRAM

    for form in ("csv", "parquet"):
        with Path("/dev/full").open("wb") as full:
            result = subprocess.run(
                [PROGRAM, "query", "from range(3)", "--format", form],
                cwd=built.folder,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert result.stderr == "error: output: No space left on device\n"
        assert result.returncode == 1
