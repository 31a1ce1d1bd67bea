"""What is written about the project holds."""

import ast
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from spymaster import errors, read
from spymaster.cli import signals
from spymaster.cli.app import app
from spymaster.settings import ABOUT, load
from texts import DEV, OPERATIONS, README, ROOT, TEXTS, blocks, commands

CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
MODELS = sorted(
    set(ROOT.glob("sql/*/**/*.sql")) - {*ROOT.glob("sql/macros/*"), *ROOT.glob("sql/numerics/*")}
)
LONGEST = {"README.md": 150, "DEV.md": 200}
"""Lines."""


def typed(text: str) -> set[str]:
    """Return the commands of spymaster that a text shows."""
    return set(re.findall(r"spymaster ([a-z]+)(?= |`|$)", text, re.MULTILINE))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_all_it_takes_has_help(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert len(command.get_short_help_str(limit=200)) <= 66, "the list of commands would cut it"
    assert [one.name for one in command.params if not getattr(one, "help", None)] == []


def test_every_command_has_a_row_in_dev_and_every_row_a_command() -> None:
    rows = [line for line in DEV.splitlines() if line.startswith("| `spymaster ")]
    assert typed("\n".join(rows)) == set(COMMANDS)


@pytest.mark.parametrize("place", TEXTS)
def test_every_command_and_option_that_a_text_shows_exists(place: str) -> None:
    text = TEXTS[place]
    shown = "\n".join([*commands(text), *re.findall("`[^`]+`", text)])
    assert typed(shown) <= set(COMMANDS)
    for command in commands(text):
        found = re.search(r"spymaster ([a-z]+) ([^|>]*)", command, re.DOTALL)
        if found and '"' not in found[2]:
            options = {opt for one in COMMANDS[found[1]].params for opt in one.opts}
            words = shlex.split(found[2], comments=True)
            assert {word for word in words if word.startswith("-")} - {"-"} <= options


def test_the_two_commands_of_the_readme_are_what_the_checks_run() -> None:
    named = [line.split("#")[0].strip() for line in blocks(README, "sh")[0].splitlines()]
    assert named == ["uv run spymaster demo", "uv run --group dev pytest"]
    for command in named:
        assert re.search(rf"^{re.escape(command)}\b", CI, re.MULTILINE)


def test_the_one_line_of_dev_is_what_the_checks_run() -> None:
    (line,) = (line for line in blocks(DEV, "sh")[0].splitlines() if "&&" in line)
    for command in line.split(" && "):
        first, *rest = command.split()
        words = r"(?: --processes 2)? ".join(map(re.escape, rest))
        assert re.search(rf"^{first} {words}", CI, re.MULTILINE), command


def test_the_settings_that_the_readme_shows_are_at_their_defaults(tmp_path: Path) -> None:
    (block,) = blocks(README, "toml")
    (tmp_path / "spymaster.toml").write_text(block, encoding="utf-8")
    written = load(tmp_path)
    (tmp_path / "spymaster.toml").write_text("", encoding="utf-8")
    assert written == load(tmp_path)
    named = re.findall(r"^(?:# )?(\w+) =", block, re.MULTILINE)
    assert set(named) < set(ABOUT)
    assert len(named) == len(set(named)) > 5


def test_the_formats_of_the_readme_are_those_of_query() -> None:
    (listed,) = re.findall(r"`--format` is one of (.*?)\.", README, re.DOTALL)
    assert set(re.split(r",\s+|\s+and\s+", listed)) == set(read.FORMATS)


def test_the_exit_codes_that_are_written_are_those_of_the_errors() -> None:
    written = {int(code) for code in re.findall(r"^\| (\d+) \|", OPERATIONS, re.MULTILINE)}
    found = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.SpymasterError)
    }
    assert written == found | {0, 5, *signals.CODES.values()}


@pytest.mark.parametrize("place", TEXTS)
def test_every_file_and_heading_that_a_text_leads_to_is_there(place: str) -> None:
    text, folder = TEXTS[place], (ROOT / place).parent
    named = re.findall(r"`((?:backend|sql|tests|examples|docs|\.ci)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []
    for path, heading in re.findall(r"\]\((?!http)([\w./-]*)(?:#([\w-]+))?\)", text):
        there = (folder / path).resolve() if path else ROOT / place
        assert there.exists(), path
        said = there.read_text(encoding="utf-8") if there.suffix == ".md" else ""
        titles = re.findall(r"^#+ (.*)$", said, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not heading or heading in anchors, f"{path}#{heading}"


def test_every_benchmark_that_a_text_shows_says_the_same_of_itself() -> None:
    shown = [command for text in TEXTS.values() for command in commands(text)]
    shown = [command for command in shown if "tests/benchmarks/" in command]
    assert len(shown) > 8
    for command in shown:
        start = command.partition(".py")[0] + ".py"
        (script,) = re.findall(r"tests/benchmarks/\w+\.py", start)
        said = ast.get_docstring(ast.parse((ROOT / script).read_text(encoding="utf-8"))) or ""
        assert start in said, command


def test_every_folder_of_the_program_is_on_the_map() -> None:
    drawn = DEV.partition("## Map\n\n```\n")[2].partition("```")[0]
    folders = {path.parent.name for path in ROOT.glob("backend/spymaster/*/__init__.py")}
    assert [name for name in folders if f"  {name}/ " not in drawn] == []


@pytest.mark.parametrize("place", LONGEST)
def test_what_is_read_first_stays_short(place: str) -> None:
    assert len(TEXTS[place].splitlines()) <= LONGEST[place]


def test_every_model_starts_with_a_header() -> None:
    assert MODELS
    assert [path.name for path in MODELS if not path.read_text().startswith("{#---\n")] == []
