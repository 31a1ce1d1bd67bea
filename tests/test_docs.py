"""What is written about the project holds."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from spymaster import read
from spymaster.cli.app import app
from spymaster.settings import load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEV = (ROOT / "DEV.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
MODELS = sorted(
    set(ROOT.glob("sql/*/**/*.sql")) - {*ROOT.glob("sql/macros/*"), *ROOT.glob("sql/numerics/*")}
)


def blocks(text: str, kind: str) -> list[str]:
    """Return the code blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


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


def test_every_command_that_the_documents_show_exists() -> None:
    shown = "\n".join([*blocks(README, "sh"), *blocks(DEV, "sh"), *re.findall("`[^`]+`", README)])
    assert {"demo", "land", "run", "query"} <= typed(shown) <= set(COMMANDS)


def test_every_option_that_the_documents_show_exists() -> None:
    for line in "\n".join([*blocks(README, "sh"), *blocks(DEV, "sh")]).splitlines():
        found = re.search(r"spymaster ([a-z]+) (.*?)(?:#|>|$)", line)
        if found and '"' not in found[2]:
            options = {opt for one in COMMANDS[found[1]].params for opt in one.opts}
            assert {word for word in shlex.split(found[2]) if word.startswith("-")} <= options


def test_the_two_commands_of_the_readme_are_what_the_checks_run() -> None:
    commands = [line.split("#")[0].strip() for line in blocks(README, "sh")[0].splitlines()]
    assert commands == ["uv run spymaster demo", "uv run pytest"]
    for command in commands:
        assert re.search(rf"^{re.escape(command)}\b", CI, re.MULTILINE)


def test_the_one_line_of_dev_is_what_the_checks_run() -> None:
    (line,) = (line for line in blocks(DEV, "sh")[0].splitlines() if "&&" in line)
    for command in line.split(" && "):
        first, *rest = command.split()
        words = r"(?: --processes 2)? ".join(map(re.escape, rest))
        assert re.search(rf"^{first} {words}", CI, re.MULTILINE), command


def test_the_settings_of_the_readme_are_the_defaults(tmp_path: Path) -> None:
    (block,) = blocks(README, "toml")
    (tmp_path / "spymaster.toml").write_text(block, encoding="utf-8")
    written = load(tmp_path)
    (tmp_path / "spymaster.toml").write_text("", encoding="utf-8")
    assert written == load(tmp_path)


def test_the_formats_of_the_readme_are_those_of_query() -> None:
    (listed,) = re.findall(r"Formats are (.*?)\.", README, re.DOTALL)
    assert set(re.split(r",\s+|\s+and\s+", listed)) == set(read.FORMATS)


@pytest.mark.parametrize("document", [README, DEV], ids=["README", "DEV"])
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    named = re.findall(r"`((?:backend|sql|tests|\.ci)/[\w./-]+)`", document)
    named += re.findall(r"\]\((?!http)([\w./-]+)\)", document)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_model_starts_with_a_header() -> None:
    assert MODELS
    assert [path.name for path in MODELS if not path.read_text().startswith("{#---\n")] == []
