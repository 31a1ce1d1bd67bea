"""Where a builder stands: what another one goes on from, and what is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import sandboxes
from live.worlds import mbo
from spymaster.building.sandbox import Sandbox
from spymaster.live import checkpoint, raw
from spymaster.live.checkpoint import MADE, STATE, Checkpoints
from spymaster.live.wire import Kind
from spymaster.settings import Settings

SESSION = date(2024, 1, 9)
PARTS = {"follower": ("anything", 7)}
ROWS = 'select count(*) as n, sum(order_id) as ids from built."raw.mbo"'


class Killed(BaseException):
    """Nothing runs after it."""


def box() -> Sandbox:
    given = ["book.grid", "book.opening"]
    return sandboxes.sandbox(Settings(), SESSION, ["book.records"], given=given)


def checkpoints(folder: Path, of: Sandbox) -> Checkpoints:
    return Checkpoints(folder, {"day": of}, growing=("day",))


@pytest.fixture
def filled() -> Sandbox:
    """A sandbox in which orders are."""
    found, records = box(), mbo()
    kind = Kind("mbo", records.dtype)
    taken = raw.Numbered(0).take(kind, records.view(f"V{records.itemsize}"))
    found.add("raw.mbo", raw.table("mbo", *taken))
    return found


def test_the_newest_goes_on_with_rows_and_parts(tmp_path: Path, filled: Sandbox) -> None:
    writing = checkpoints(tmp_path, filled)
    for n in (12, 24):
        writing.write(n, PARTS)
    other = box()
    found = checkpoints(tmp_path, other).read()
    assert found
    assert (found.n, found.parts) == (24, PARTS)
    assert other.ask(ROWS) == filled.ask(ROWS)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-00024"]


def test_one_of_other_code_is_none_and_goes(
    tmp_path: Path, filled: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks into it: what it holds may be of classes that are not there any more."""
    checkpoints(tmp_path, filled).write(12, PARTS)
    (tmp_path / "checkpoint-00012" / STATE).write_bytes(b"cspymaster.live.gone\nGone\n.")
    monkeypatch.setattr(checkpoint, "made_of", lambda boxes: "other")
    assert checkpoints(tmp_path, box()).read() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("gone", [STATE, MADE, "day.built.raw.mbo.0000.parquet"])
def test_a_kill_while_one_goes_leaves_none(
    tmp_path: Path, filled: Sandbox, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """Whatever went first; the next builder begins anew, and its own is the one that stands."""
    checkpoints(tmp_path, filled).write(12, PARTS)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "made_of", lambda boxes: "other")
        patch.setattr(shutil, "rmtree", _killed_after(gone))
        with pytest.raises(Killed):
            checkpoints(tmp_path, box()).read()
    again = checkpoints(tmp_path, filled)
    assert again.read() is None
    again.write(12, PARTS)
    found = checkpoints(tmp_path, box()).read()
    assert found
    assert found.n == 12


def _killed_after(gone: str) -> Callable[[Path], None]:
    def rmtree(folder: Path) -> None:
        (folder / gone).unlink(missing_ok=True)
        raise Killed

    return rmtree
