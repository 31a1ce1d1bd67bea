"""Folders of readers in the system's temporary folder, and when one is nobody's."""

import os
from pathlib import Path

import pytest

from spymaster.warehouse import files


def test_a_folder_is_left_once_nobody_holds_it_or_may_be_about_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "gettempdir", lambda: str(tmp_path))
    with files.spill() as held:
        os.utime(held, (0, 0))
        assert files.left_spills() == []
    assert not held.exists()
    killed = tmp_path / f"{files.SPILL}killed"
    killed.mkdir()
    assert files.left_spills() == []
    os.utime(killed, (0, 0))
    assert files.left_spills() == [killed]
