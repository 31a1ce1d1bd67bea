"""A verdict as a terminal and a page show it, of whatever history there is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import spymaster.setups
from setups.test_cells import scored
from spymaster.cli import terminal
from spymaster.cli.app import app
from spymaster.setups.cells import PRIMARY, Cell, by_cell, judged
from spymaster.setups.report import write
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


@pytest.mark.parametrize("count", [1, 2, 5, 6, 9])
def test_a_page_names_sessions_once_and_has_a_line_where_a_cusum_is_known(
    tmp_path: Path, count: int
) -> None:
    """That is from the sixth session that claims on; before it nobody knows what is usual."""
    days = [date(2024, 1, 2) + timedelta(days=at) for at in range(count)]
    record = [
        {"last_session": day, "last_gain": 0.1, "cusum": 0.5 if at > 5 else None}
        for at, day in enumerate(days)
    ]
    verdict = Verdict(judged(by_cell(ROWS), None), 0, is_placebo=False, record=record)
    write(tmp_path / "page.html", verdict, verdict)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    named = re.findall(r">(2024-\d\d-\d\d)</text>", text)
    assert named == [str(day) for day in (days if count < 6 else (days[0], days[-1]))]
    lines = re.findall(r"<polyline points='([^']*)'", text)
    assert [len(line.split()) for line in lines] == ([3] if count == 9 else [])
