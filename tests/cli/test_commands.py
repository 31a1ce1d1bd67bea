"""What each command prints, and where."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Shell
from spymaster import read
from spymaster.settings import load

HOLD = """
import duckdb
held = duckdb.connect("warehouse/spymaster.duckdb", read_only=True)
held.execute("from flow_5s").fetchone()
print("held", flush=True)
input()
"""


@pytest.mark.thorough
def test_landing_building_and_asking_needs_three_commands(shell: Shell, built: Shell) -> None:
    files = sorted((built.folder / "files").rglob("*.dbn.zst"))
    landed = shell("land", built.folder / "files")
    assert (landed.returncode, landed.stdout) == (0, "")
    said = landed.stderr.splitlines()
    assert [line.split(": ")[0] for line in said] == [f"landed {file}" for file in files]
    ran = shell("run")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "2024-03-05 book.flow_5s " in ran.stderr
    question = "select count(*) > 0 as n from flow_5s"
    assert shell("query", question, "--format", "csv").stdout == "n\ntrue\n"
    again = shell("land", built.folder / "files")
    assert again.stderr.splitlines() == [f"{file}: already landed" for file in files]


def test_a_bad_file_does_not_keep_the_others_from_landing(used_shell: Shell, built: Shell) -> None:
    (used_shell.folder / "a.dbn").write_bytes(b"")
    (status,) = (built.folder / "files").glob("*.status.dbn.zst")
    result = used_shell("land", "a.dbn", status)
    assert result.returncode == 1
    first, second = result.stderr.splitlines()
    assert first.startswith("error: a.dbn: ")
    assert second.startswith(f"landed {status}: 2 status records of 2024-03-05")


def test_a_plan_is_a_table_with_a_header(built: Shell) -> None:
    asked = ("plan", "book.flow_5s", "--window-end", "09:33", "--change-settings")
    result = built.inside(*asked)
    skipped = built.inside(*asked, "--all").stdout.count(" skip ")
    assert result.stderr == (f"{skipped} up to date\n" if skipped else "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["session", "action", "model", "why"]
    assert lines[-1].split()[:3] == ["2024-03-05", "run", "book.flow_5s"]
    column = lines[0].index("why")
    assert all(line[column - 2 : column] == "  " and line[column] != " " for line in lines[1:])


def test_nothing_to_do_is_said_on_stderr(built: Shell, shell: Shell) -> None:
    planned = built.inside("plan")
    assert planned.stderr.startswith("nothing to do: ")
    assert planned.stdout == ""
    listed = built.inside("plan", "--all").stdout.splitlines()[1:]
    assert {line.split()[1] for line in listed} == {"skip"}
    assert planned.stderr == f"nothing to do: {len(listed)} up to date\n"


@pytest.mark.parametrize("verb", ["plan", "run", "backfill"])
def test_no_warehouse_is_no_empty_one(shell: Shell, verb: str) -> None:
    refused = shell.inside(verb)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.strip().endswith(
        "no warehouse; land files first, or name another by --warehouse"
    )
    assert not (shell.folder / "warehouse").exists()


@pytest.mark.parametrize("verb", ["plan", "run", "backfill"])
def test_a_folder_of_other_things_is_no_warehouse(shell: Shell, verb: str) -> None:
    """As the folder above a warehouse is, where a build would publish an empty catalog."""
    (shell.folder / "notes" / "warehouse").mkdir(parents=True)
    refused = shell.inside(verb, "--warehouse", "notes")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"error: {shell.folder}/notes: no warehouse; land files first")
    assert [path.name for path in (shell.folder / "notes").iterdir()] == ["warehouse"]


def test_a_file_is_no_warehouse(shell: Shell) -> None:
    (shell.folder / "notes").touch()
    refused = shell.inside("plan", "--warehouse", "notes")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"error: {shell.folder}/notes: no warehouse; land files first")


def test_a_run_with_nothing_to_do_says_so(moved: Shell) -> None:
    moved("tables")
    result = moved("run")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith("nothing to do: ")


def test_tables_lists_each_relation_in_a_line(built: Shell) -> None:
    result = built.inside("tables")
    assert result.stderr == ""
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["relation", "rows", "doc"]
    assert [line.split()[0] for line in lines] == [
        relation.name for relation in read.tables(load(built.folder))
    ]


def test_describe_prints_grain_and_columns_with_unit_and_meaning(built: Shell) -> None:
    result = built.inside("describe", "flow_5s")
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "relation     book.flow_5s"
    assert "one row per  session, instrument_id, bucket_end, side, tick" in lines
    at = lines.index("") + 1
    assert lines[at].split() == ["column", "type", "unit", "meaning"]
    assert lines[at + 1].split() == ["session", "DATE", "date", "New", "York", "trading", "date"]


def test_a_question_comes_from_an_argument_a_file_or_stdin(built: Shell, tmp_path: Path) -> None:
    sql = "select side, count(*) as n from flow_5s group by all order by all"
    (tmp_path / "question.sql").write_text(sql)
    results = [
        built("query", sql, "--format", "csv"),
        built("query", tmp_path / "question.sql", "--format", "csv"),
        built("query", "-", "--format", "csv", stdin=sql),
    ]
    assert len({result.stdout for result in results}) == 1
    rows = list(csv.DictReader(io.StringIO(results[0].stdout)))
    assert [row["side"] for row in rows] == ["ask", "bid"]


def test_a_long_table_says_on_stderr_that_it_is_cut(built: Shell) -> None:
    result = built.inside("query", "from range(1000)")
    assert len(result.stdout.splitlines()) == 201
    assert result.stderr == "first 200 rows; another --format writes all\n"


def test_lineage_goes_down_to_the_landed_records(built: Shell) -> None:
    lines = built.inside("lineage", "book.flow_5s.pull_qty").stdout.splitlines()
    assert lines[0] == "book.flow_5s.pull_qty"
    assert "raw.mbo.size" in {line.strip() for line in lines}


def test_lineage_says_nothing_beside_what_was_asked(built: Shell) -> None:
    """A process of its own: within this one what libraries log is not on stderr."""
    result = built("lineage", "levels.levels.price")
    assert result.stderr == ""
    found = {line.strip() for line in result.stdout.splitlines()}
    assert "options.gex_profile_5s.call_wall_gex" in found


def test_rendered_sql_runs_in_any_duckdb_prompt(built: Shell) -> None:
    sql = built.inside("render", "market.trades_5s", "--session", "2024-03-05").stdout
    shown = built.inside("query", f"select count(*) as n from ({sql})", "--format", "csv")
    kept = built.inside("query", "select count(*) as n from market.trades_5s", "--format", "csv")
    assert shown.stdout == kept.stdout


@pytest.mark.slow
def test_a_check_without_findings_says_so(built: Shell) -> None:
    result = built.inside("check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "no findings\n")


def test_questions_are_answered_while_another_program_reads(built: Shell) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=built.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert built("query", "select count(*) from flow_5s").returncode == 0
        holder.kill()


@pytest.mark.thorough
def test_questions_are_answered_while_a_build_runs_and_see_all_of_it_or_nothing(
    moved: Shell,
) -> None:
    question = ["query", "select max(bucket_end) as t from flow_5s", "--format", "csv"]
    before = moved(*question).stdout
    seen = set()
    other = ("--window-end", "09:33", "--change-settings")
    with moved.started("run", "+book.flow_5s", *other) as running:
        while running.poll() is None:
            result = moved(*question)
            assert (result.returncode, result.stderr) == (0, "")
            seen.add(result.stdout)
        assert running.communicate()[1] != ""
    assert running.returncode == 0
    after = moved(*question).stdout
    assert before == "t\n2024-03-05 14:34:00\n"
    assert after == "t\n2024-03-05 14:33:00\n"
    assert seen <= {before, after}


def test_a_question_from_stdin_is_read_once_though_the_warehouse_was_moved(
    built: Shell, moved: Shell
) -> None:
    sql = "select count(*) as n from flow_5s"
    assert moved("query", "-", stdin=sql).stdout == built.inside("query", sql).stdout


@pytest.mark.parametrize("args", [["tables"], ["describe", "flow_5s"], ["query", "from flow_5s"]])
def test_a_moved_warehouse_is_read_where_it_is(built: Shell, moved: Shell, args: list[str]) -> None:
    catalog = moved.warehouse.joinpath("spymaster.duckdb").resolve()
    result = moved.inside(*args)
    assert (result.returncode, result.stdout) == (0, built.inside(*args).stdout)
    assert moved.warehouse.joinpath("spymaster.duckdb").resolve() != catalog
    sql = "select root from meta.catalog"
    assert (
        moved.inside("query", sql, "--format", "csv").stdout
        == f"root\n{moved.warehouse.resolve()}\n"
    )
