"""Long chains are made some buckets at a time: the same rows, in memory that no chain outgrows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from first_use import Used
from options.simulated import build
from spymaster import operations
from spymaster.building import slices
from spymaster.settings import Settings
from spymaster.warehouse import duck

SLICED = ("options.chain_5s", "options.vols_5s", "options.gex_5s")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Settings:
    """Return the settings of a warehouse in which two minutes of options landed."""
    folder = tmp_path_factory.mktemp("slices")
    used(folder / "warehouse")
    return build(folder, window=(time(9, 30), time(9, 32)), without=()).settings


def built(landed: Settings, folder: Path, *selectors: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of what is made in slices, in the order of their files."""
    shutil.copytree(landed.warehouse, folder, symlinks=True)
    settings = replace(landed, warehouse=folder)
    for selector in selectors:
        assert operations.run(settings, selector).failures == []
    with duck.read_only(folder / "spymaster.duckdb") as catalog:
        return {name: catalog.execute(f"from {name}").fetchall() for name in SLICED}


@pytest.mark.parametrize("rows", [1, 1_700, 9_000], ids=["a bucket", "some", "many"])
def test_slices_of_any_size_give_the_same_rows(
    landed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    whole = built(landed, tmp_path / "whole", "+options.gex_profile_5s")
    made: list[int] = []
    make = slices.make

    def counted(*arguments: object) -> object:
        made.append(len(slices.spans(arguments[0], arguments[3])))  # type: ignore[arg-type]
        return make(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(slices, "ROWS", rows)
    monkeypatch.setattr(slices, "make", counted)
    cut = built(landed, tmp_path / "cut", "+options.gex_profile_5s")
    assert len(made) == len(SLICED)
    assert min(made) > 1
    assert cut == whole
    assert not list((tmp_path / "cut").rglob("*.[0-9].parquet"))


def test_a_relation_built_by_itself_reads_slices_of_what_was_built_before(
    landed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = built(landed, tmp_path / "whole", "+options.gex_5s")
    monkeypatch.setattr(slices, "ROWS", 3_000)
    steps = built(
        landed, tmp_path / "steps", "+options.chain_5s", "+options.vols_5s", "+options.gex_5s"
    )
    assert steps == whole
