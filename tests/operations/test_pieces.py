"""A day that landed hour by hour is the day that landed at once."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from first_use import Used
from live.tape import read
from live.test_seal import differing
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import DbnReader, dbn_file
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout

N = 7
"""Pieces at most: as many orders of digests that could pass for the order of time are few."""
FLOW = "from book.flow_5s order by all"


@pytest.mark.thorough
def test_the_book_of_a_day_in_pieces_is_that_of_the_day(
    simulated: Settings, used: Used, tmp_path: Path
) -> None:
    own = in_pieces(simulated, used, tmp_path, names=("mbo", "definition"))
    assert operations.run(own, "book.flow_5s").failures == []
    found = []
    for settings in (simulated, own):
        with duck.reader(Layout(settings.warehouse).link) as catalog:
            found.append(catalog.execute(FLOW).to_arrow_table())
    assert found[0].num_rows > 1_000
    assert found[0].equals(found[1])


@pytest.mark.slow
def test_every_relation_of_a_day_in_pieces_is_that_of_the_day(
    simulated: Settings, used: Used, tmp_path: Path
) -> None:
    own = in_pieces(simulated, used, tmp_path)
    assert operations.run(own).failures == []
    assert differing(simulated.warehouse, own.warehouse, tmp_path) == []


def in_pieces(
    simulated: Settings, used: Used, folder: Path, names: Iterable[str] = ("",)
) -> Settings:
    """Land the files of the simulated session whose name says one of some, each in pieces."""
    own = replace(simulated, warehouse=used(folder / "warehouse"))
    files = sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst"))
    for number, path in enumerate(files):
        if any(name in path.name for name in names):
            landings = land(pieces(path, folder / str(number)), own)
            assert {one.outcome for one in landings} == {"landed"}
    return own


def pieces(path: Path, folder: Path) -> list[Path]:
    """Cut a file wherever all that follows was received later, at a few such places at random."""
    with path.open("rb") as handle:
        header = DbnReader(handle, path.name).header
    part = read(path)
    times = part.records["ts_recv"].astype(np.int64)
    later = np.minimum.accumulate(times[::-1])[::-1]
    places = np.flatnonzero(later[1:] > np.maximum.accumulate(times)[:-1]) + 1
    cuts = sorted(np.random.default_rng(1).permutation(places)[: N - 1].tolist())
    borders = [header.start_ns, *times[cuts].tolist(), header.end_ns]
    folder.mkdir()
    found = []
    for n, (first, last) in enumerate(pairwise([0, *cuts, len(times)])):
        found.append(folder / f"{first:06}.dbn.zst")
        asked = {"start_ns": borders[n], "end_ns": borders[n + 1]}
        given = {"dataset": header.dataset, "symbols": part.symbols, **asked}
        with dbn_file(found[-1], part.schema, **given) as write:
            write(part.records[first:last])
    return found
