"""Records gathered into columns hold what the records held, in order and in bounded groups."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from land.files import orders
from spymaster.land import columns
from spymaster.land.columns import gathered
from spymaster.land.dbn import RECORDS, new_records

NAMES = ("price", "action", "ts_recv")


@examples(60)
@given(cuts=st.lists(st.integers(0, 100), max_size=8), limit=st.integers(100, 250))
def test_groups_hold_the_fields_named_of_every_record_in_order(cuts: list[int], limit: int) -> None:
    records = orders(100)
    edges = [0, *sorted(cuts), 100]
    batches = [records[start:end] for start, end in pairwise(edges)] * 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "GROUP_RECORDS", limit)
        groups = list(gathered(batches, NAMES))
    assert all(set(group) == set(NAMES) for group in groups)
    assert all(0 < len(group["price"]) <= limit for group in groups)
    for name in NAMES:
        found = np.concatenate([group[name] for group in groups])
        assert np.array_equal(found, np.tile(records[name], 3))
        assert found.dtype == records.dtype[name]


def test_no_records_are_no_group() -> None:
    assert list(gathered([orders(0)], NAMES)) == []
    assert list(gathered([], NAMES)) == []


def test_a_group_stays_as_it_is_while_the_next_is_filled() -> None:
    batches = (orders(1 << 17, seed=seed) for seed in range(6))
    groups = list(gathered(batches, NAMES))
    expected = [orders(1 << 17, seed=seed)["price"] for seed in range(6)]
    assert [len(group["price"]) for group in groups] == [1 << 18] * 3
    assert np.array_equal(
        np.concatenate([group["price"] for group in groups]), np.concatenate(expected)
    )


def test_groups_of_wide_records_are_shorter() -> None:
    width = RECORDS["definition"].itemsize
    batches = (new_records("definition", 2_000) for _ in range(30))
    sizes = [len(group["raw_symbol"]) for group in gathered(batches, {"raw_symbol"})]
    assert sum(sizes) == 60_000
    assert max(sizes) * width <= 1 << 24
