"""A verdict as a terminal prints it, of whatever history there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import spymaster.setups
from setups.test_cells import scored
from spymaster.cli import terminal
from spymaster.cli.app import app
from spymaster.setups.cells import PRIMARY, Cell, by_cell, judged
from spymaster.setups.verdict import Verdict

ROWS = [row for cell in (PRIMARY, (60, 300)) for row in scored(1, cell=cell)]


def printed(monkeypatch: pytest.MonkeyPatch, cells: Sequence[Cell]) -> Result:
    """Return what evaluate prints of some cells on a terminal of 80 columns."""

    def judge(*_: Any, **__: Any) -> Verdict:
        return Verdict(list(cells), 0, is_placebo=False)

    monkeypatch.setattr(spymaster.setups, "evaluate", judge, raising=False)
    monkeypatch.setattr(terminal, "width", lambda: 80)
    return CliRunner().invoke(app, ["evaluate"])


def test_every_block_of_a_wide_table_says_which_cell_a_line_is_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With an oracle, who knows what a simulation hid, it is wider than a terminal."""
    result = printed(monkeypatch, judged(by_cell(ROWS), lambda row: row["hidden"]))
    assert max(map(len, result.stdout.splitlines())) <= 80, result.output
    blocks = result.stdout.split("\n\n")
    assert len(blocks) == 2
    for block in blocks:
        named = [line.split()[:4] for line in block.splitlines()[1:]]
        assert named == [["*60", "s", "120", "s"], ["60", "s", "300", "s"]]


def test_a_verdict_on_nothing_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    result = printed(monkeypatch, [])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no history: no forecast has an outcome yet\n"
