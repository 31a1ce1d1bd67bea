"""``query``, ``tables`` and ``describe`` as typed."""

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.conftest import PROGRAM, Shell, bare_environment, single_line

COMMENTED = """-- which side was pulling?
select side, $day::date as day from flow_5s where side = $side limit 1"""


def test_a_question_may_begin_with_a_comment_and_take_parameters(built: Shell) -> None:
    asked = ("-p", "side=ask", "--parameter", "day=2024-03-05", "--format", "jsonl")
    result = built.inside("query", COMMENTED, *asked)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"side": "ask", "day": "2024-03-05"}


@pytest.mark.parametrize("option", ["--formt", "--formt=csv", "--no-such a"])
def test_an_option_that_is_none_is_still_refused(built: Shell, option: str) -> None:
    result = built.inside("query", "select 1", *option.split())
    assert result.returncode == 2
    assert "formt" in result.stderr or "no-such" in result.stderr


def test_an_answer_goes_to_a_file(built: Shell) -> None:
    result = built.inside("query", "select 1 as n", "-o", "answer.csv")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (built.folder / "answer.csv").read_text() == "n\n1\n"


def test_the_folder_of_a_file_is_made_and_errors_name_the_file(
    built: Shell, tmp_path: Path
) -> None:
    asked = ("query", "select 1 as n", "-o")
    assert built.inside(*asked, tmp_path / "new" / "er" / "a.CSV").returncode == 0
    assert (tmp_path / "new" / "er" / "a.CSV").read_text() == "n\n1\n"
    (tmp_path / "folder.csv").mkdir()
    said = single_line(built.inside(*asked, tmp_path / "folder.csv"))
    assert said == f"{tmp_path / 'folder.csv'}: cannot be written: Is a directory"
    for folder in (".", "/"):
        said = single_line(built.inside(*asked, folder, "--format", "csv"))
        assert said == f"{folder}: cannot be written: Is a directory"
    under = single_line(built.inside(*asked, tmp_path / "new" / "er" / "a.CSV" / "b.csv"))
    assert under == f"{tmp_path / 'new' / 'er' / 'a.CSV'}: File exists"


def test_a_file_s_name_may_be_as_long_as_names_can_be(built: Shell, tmp_path: Path) -> None:
    asked, long = ("query", "select 1 as n", "-o"), tmp_path / f"{'a' * 251}.csv"
    assert built.inside(*asked, long).returncode == 0
    assert long.read_text() == "n\n1\n"
    said = single_line(built.inside(*asked, tmp_path / f"{'a' * 252}.csv"))
    assert said.endswith("aaa.csv: cannot be written: File name too long")
    assert list(tmp_path.iterdir()) == [long]


def test_a_parameter_without_a_value_is_named_as_one_gives_it(built: Shell) -> None:
    said = single_line(built.inside("query", "select $level, $side", "-p", "side=ask"))
    assert said == "query: $level has no value; give -p level=..."


def test_features_of_one_relation_do_not_repeat_its_name(built: Shell) -> None:
    header = built.inside("features").stdout.splitlines()[0].split()
    assert header[:3] == ["feature", "relation", "range"]
    one = built.inside("features", "ratios_5s").stdout
    assert one.splitlines()[0].split() == [name for name in header if name != "relation"]
    assert "pressure.ratios_5s" not in one


def test_numbers_are_short_unless_exact(built: Shell) -> None:
    sql = "select 0.123456789::double as x"
    assert built.inside("query", sql).stdout.split() == ["x", "0.123457"]
    assert built.inside("query", sql, "--exact").stdout.split() == ["x", "0.123456789"]


def test_times_are_shown_in_new_york_on_request(built: Shell) -> None:
    sql = "select ny(bucket_end) as t from flow_5s order by all limit 1"
    assert built.inside("query", sql).stdout.splitlines() == ["t", "2024-03-05 09:31:05"]
    summer = "select ny('2024-07-05 14:30:00') as t, ny(null) as n"
    assert built.inside("query", summer, "--format", "csv").stdout.endswith("10:30:00,\n")


def test_relations_are_found_by_a_part_of_their_name(built: Shell) -> None:
    def names(like: str) -> list[str]:
        lines = built.inside("tables", "--like", like).stdout.splitlines()[1:]
        return [line.split()[0] for line in lines]

    assert "book.flow_5s" in names("FLOW")
    assert all("flow" in name for name in names("flow"))
    assert names("book.flow*") == ["book.flow_5s"]
    assert single_line(built.inside("tables", "--like", "zz")).startswith("--like zz: no relation")


def test_what_is_another_columns_difference_is_folded_into_it(built: Shell) -> None:
    short, whole = (built.inside("describe", "states_5s", *more) for more in ((), ("--all",)))
    first = [line.split()[0] for line in short.stdout.splitlines() if line]
    assert "net" in first
    assert "net_d1" not in first
    (net,) = (line for line in short.stdout.splitlines() if line.startswith("net "))
    assert "_d1 _d2 _d3" in net
    hidden = int(short.stderr.split()[0])
    assert len(whole.stdout.splitlines()) - len(short.stdout.splitlines()) == hidden
    assert "net_d1" in whole.stdout


def test_a_column_is_described_by_itself(built: Shell) -> None:
    lines = built.inside("describe", "states_5s.net").stdout.splitlines()
    assert lines[0].split() == ["relation", "pressure.states_5s"]
    assert [line.split()[0] for line in lines[lines.index("") :] if line] == ["column", "net"]
    said = single_line(built.inside("describe", "states_5s.nett"))
    assert said.startswith("pressure.states_5s.nett: no such column; near: net")


def test_the_program_says_its_version(built: Shell) -> None:
    assert built.inside("--version").stdout == f"{version('spymaster')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(built: Shell, shell: str) -> None:
    asked = {
        "_SPYMASTER_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "spymaster ta",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "spymaster ta",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run(
        [PROGRAM],
        env=bare_environment() | asked,
        cwd=built.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tables" in done.stdout
    assert "query" not in done.stdout
