"""A run that a scheduler starts every minute: what it waits for, what it logs, how it ends."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

import pytest

from cli.conftest import PROGRAM, Shell
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer
from texts import OPERATIONS, blocks

pytestmark = pytest.mark.thorough

KEYS = ["time", "session", "model", "action", "rows", "seconds", "bytes", "message"]


def logged(stderr: str) -> list[dict[str, object]]:
    """Return the objects of a log, having checked that each line is one with the same keys."""
    events = [json.loads(line) for line in stderr.splitlines()]
    assert all(list(event) == KEYS for event in events)
    return events


def units() -> Iterator[tuple[str, str]]:
    """Yield name and text of the unit files that docs/operations.md shows."""
    for text in blocks(OPERATIONS, "ini"):
        name = re.match(r"# \S*/(spymaster[\w-]*\.\w+)", text)
        assert name
        yield name[1], text


def test_a_log_in_json_is_an_object_for_each_model_and_for_the_publication(moved: Shell) -> None:
    result = moved(
        "run",
        "market.trades_5s",
        "--window-end",
        "09:33",
        "--change-settings",
        "--log-format",
        "json",
    )
    assert (result.returncode, result.stdout) == (0, "")
    *built, published = logged(result.stderr)
    assert {event["action"] for event in built} == {"build"}
    last = built[-1]
    assert (last["session"], last["model"]) == ("2024-03-05", "market.trades_5s")
    assert all(isinstance(last[key], int | float) for key in ("rows", "seconds", "bytes"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(last["time"]))
    catalog = moved.warehouse.joinpath("spymaster.duckdb").resolve().name
    assert (published["action"], published["message"]) == ("publish", f"published {catalog}")


def test_a_run_with_nothing_to_do_logs_one_line(moved: Shell) -> None:
    moved.inside("tables")
    (event,) = logged(moved.inside("run", "--log-format", "json").stderr)
    assert event["action"] == "idle"
    assert str(event["message"]).startswith("nothing to do: ")


def test_what_fails_is_in_the_log_with_its_session_and_model(moved: Shell) -> None:
    shutil.rmtree(moved.warehouse / "raw")
    result = moved("run", "--window-end", "09:33", "--change-settings", "--log-format", "json")
    assert result.returncode == 1
    (event,) = logged(result.stderr)
    assert (event["action"], event["session"], event["model"]) == ("fail", "2024-03-05", "input")


def test_a_run_beside_another_leaves_with_3_and_one_line_that_names_it(moved: Shell) -> None:
    with writer(Layout(moved.warehouse), "spymaster elsewhere"):
        result = moved("run", "--log-format", "json")
    (event,) = logged(result.stderr)
    assert result.returncode == 3
    assert "held by spymaster elsewhere (pid " in str(event["message"])


def test_a_run_that_waits_goes_on_when_the_other_ends(moved: Shell) -> None:
    moved.inside("tables")
    with ExitStack() as other:
        other.enter_context(writer(Layout(moved.warehouse), "spymaster elsewhere"))
        Timer(1.0, other.close).start()
        result = moved("run", "--wait", "50")
    assert (result.returncode, result.stderr.split(":")[0]) == (0, "nothing to do")


def test_a_log_format_that_is_none_is_refused(shell: Shell) -> None:
    result = shell.inside("run", "--log-format", "xml")
    assert result.returncode == 2
    assert result.stderr == "error: log format 'xml'; allowed: text, json\n"


def test_a_plan_as_json_says_the_same_as_the_table(built: Shell) -> None:
    args = ["plan", "book.flow_5s", "--window-end", "09:33", "--change-settings"]
    steps = json.loads(built.inside(*args, "--json").stdout)
    lines = built.inside(*args, "--all").stdout.splitlines()[1:]
    assert [list(step) for step in steps] == [["session", "action", "model", "why"]] * len(lines)
    assert [" ".join(step.values()) for step in steps] == [" ".join(line.split()) for line in lines]


def test_the_units_are_services_with_their_timers_a_screen_and_what_follows_a_failure() -> None:
    found = dict(units())
    names = ("spymaster", "spymaster-live")
    timed = [f"{name}.{kind}" for name in names for kind in ("service", "timer")]
    assert sorted(found) == sorted([*timed, "spymaster-failed.service", "spymaster-screen.service"])
    (failing,) = re.findall(r"^OnFailure=(.*)$", found["spymaster.service"], re.MULTILINE)
    assert failing in found


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for name, text in units():
        here = re.sub(r"^ExecStart=\S+", f"ExecStart={PROGRAM}", text, flags=re.MULTILINE)
        tmp_path.joinpath(name).write_text(here)
    paths = [str(path) for path in tmp_path.iterdir()]
    done = subprocess.run(
        ["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, ours) == (0, [])


def test_the_crontab_line_runs(moved: Shell) -> None:
    (line,) = re.findall(r"^\* \* \* \* \* (.*)$", OPERATIONS, re.MULTILINE)
    moved.inside("tables")
    command = line.replace(".venv/bin/spymaster", str(PROGRAM))
    command = command.replace("cd /srv/spymaster", f"cd {shlex.quote(str(moved.folder))}")
    assert command != line
    done = subprocess.run(["sh", "-c", command], env={}, check=False)
    assert done.returncode == 0
    assert "nothing to do" in moved.folder.joinpath("spymaster.log").read_text()
