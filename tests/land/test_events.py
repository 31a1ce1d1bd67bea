"""Event numbers against a plain loop."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spymaster.land.dbn import new_records
from spymaster.land.events import EventNumbers

DAY = date(2024, 1, 9)
RECORD = st.tuples(st.sampled_from([1, 2, 3, 2**32 - 1]), st.sampled_from([0, 32, 128, 168]))


def numbered_one_by_one(stream: list[tuple[int, int]]) -> list[int]:
    closed: dict[int, int] = {}
    numbers = []
    for instrument, flags in stream:
        numbers.append((DAY - date(1970, 1, 1)).days * 2**32 + closed.get(instrument, 0))
        closed[instrument] = closed.get(instrument, 0) + (flags >= 128)
    return numbers


def number(stream: list[tuple[int, int]], batch: int) -> list[int]:
    events, numbers = EventNumbers(DAY), []
    for start in range(0, len(stream), batch):
        piece = stream[start : start + batch]
        records = new_records("mbo", len(piece))
        records["instrument_id"] = [instrument for instrument, _ in piece]
        records["flags"] = [flags for _, flags in piece]
        numbers += events.number(
            {name: records[name] for name in ("flags", "instrument_id")}
        ).tolist()
    return numbers


@settings(max_examples=60, deadline=None)
@given(stream=st.lists(RECORD, min_size=1, max_size=40), batch=st.integers(1, 40))
def test_an_event_is_numbered_by_those_its_instrument_closed_before(
    stream: list[tuple[int, int]], batch: int
) -> None:
    assert number(stream, batch) == numbered_one_by_one(stream)


@pytest.mark.parametrize("n_instruments", [1, 70_000])
def test_few_and_very_many_instruments_are_numbered_alike(n_instruments: int) -> None:
    random = np.random.default_rng(5)
    ids = random.permutation(np.resize(np.arange(n_instruments), 150_000)).tolist()
    stream = list(zip(ids, random.choice([0, 128], len(ids)).tolist(), strict=True))
    assert number(stream, 140_000) == numbered_one_by_one(stream)
