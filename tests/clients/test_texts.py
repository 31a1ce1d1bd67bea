"""What docs/clients.md tells people to type into each client works as printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from clients.programs import HERE, Client, program
from spymaster.settings import Settings
from spymaster.warehouse import duck
from texts import CLIENTS, blocks

pytestmark = pytest.mark.thorough

EVIDENCE = """
import { getRunner } from "@evidence-dev/duckdb/index.cjs";
const [folder, options] = [process.argv[1], JSON.parse(process.argv[2])];
const run = await getRunner(options, folder);
const { rows, expectedRowCount } = await run("from states_5s", "states.sql", 1000);
let count = 0;
for await (const batch of rows()) count += batch.length;
console.log(JSON.stringify([count, expectedRowCount]));
"""


@pytest.fixture
def project(clients: dict[str, Client], simulated: Settings, tmp_path: Path) -> Path:
    """A folder with a warehouse and installed clients, as a person would have it."""
    (tmp_path / "warehouse").symlink_to(simulated.warehouse)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    return tmp_path


def run(folder: Path, *command: str | Path) -> str:
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": beside},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_the_command_line_answers(project: Path) -> None:
    (command,) = (block for block in blocks(CLIENTS, "sh") if block.startswith("duckdb"))
    assert "level_id" in run(project, "bash", "-c", command)


@pytest.mark.parametrize(("number", "shown"), [(0, "instrument_id"), (1, "120")])
def test_python_and_sqlalchemy_answer(project: Path, number: int, shown: str) -> None:
    assert shown in run(project, sys.executable, "-c", blocks(CLIENTS, "python")[number])


def test_polars_answers_where_it_is_installed(project: Path) -> None:
    pytest.importorskip("polars")
    assert "shape: (" in run(project, sys.executable, "-c", blocks(CLIENTS, "python")[2])


def test_what_grafana_would_ask_has_an_answer(project: Path) -> None:
    (query,) = blocks(CLIENTS, "sql")
    with duck.reader(project / "warehouse" / "spymaster.duckdb") as connection:
        found = connection.execute(query.replace("PM_LOW", "PM_HIGH"))
        assert [column[0] for column in found.description or ()] == [
            "time",
            "net_60s",
            "vacuum_60s",
        ]
        assert len(found.fetchall()) == 120


def test_node_answers(project: Path) -> None:
    (code,) = blocks(CLIENTS, "js")
    shown = run(project, program("node"), "--input-type=module", "-e", code)
    assert shown.count("PM_HIGH") == 5


def test_evidence_answers_from_the_folder_of_its_source(project: Path) -> None:
    (source,) = blocks(CLIENTS, "yaml")
    folder = project / "evidence" / "sources" / "spymaster"
    folder.mkdir(parents=True)
    options = json.dumps(yaml.safe_load(source)["options"])
    node = program("node")
    shown = run(project, node, "--input-type=module", "-e", EVIDENCE, folder, options)
    assert json.loads(shown) == [120, 120]
