"""The same input gives the same bytes, in every partition and with any number of threads."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from first_use import Used
from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck


def digests(warehouse: Path) -> dict[str, str]:
    """Return what every partition of a model holds, by its place."""
    return {
        str(path.relative_to(warehouse)): sha256(path.read_bytes()).hexdigest()
        for path in sorted((warehouse / "models").rglob("*.parquet"))
    }


@pytest.mark.parametrize(
    "cores",
    [pytest.param(1, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.thorough)],
)
def test_a_session_built_again_is_the_same_to_the_byte(
    simulated: Settings,
    used: Used,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
) -> None:
    monkeypatch.setattr(duck, "cores", lambda: cores)
    settings = replace(simulated, warehouse=used(tmp_path / "warehouse"))
    land([simulated.warehouse.parent / "files"], settings)
    assert operations.run(settings).failures == []
    assert digests(settings.warehouse) == digests(simulated.warehouse)
    assert len(digests(settings.warehouse)) > 30


@pytest.mark.slow
def test_kept_changes_are_the_same_too(
    simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for cores in (1, 4):
        monkeypatch.setattr(duck, "cores", lambda cores=cores: cores)
        warehouse = used(tmp_path / str(cores))
        settings = replace(simulated, warehouse=warehouse, keep=("book.changes",))
        land([simulated.warehouse.parent / "files"], settings)
        assert operations.run(settings, "+book.changes").failures == []
        found.append(digests(warehouse))
    assert found[0] == found[1]
    assert any(name.startswith("models/book.changes/") for name in found[0])
