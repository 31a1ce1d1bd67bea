"""What is kept of the book as buckets close, beside the plain Python book of what came by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from book.orders import Row, by_python, merged, to_records
from reference import book
from reference.records import Record
from spymaster.book.arrays import rows
from spymaster.book.codes import KINDS
from spymaster.book.relations import GIVES
from spymaster.live import held
from spymaster.live.fold import LEAD, Fold
from spymaster.live.held import FILL, Held
from spymaster.units import BUCKET_NS
from spymaster.warehouse import duck
from streams import WINDOW_NS, WINDOW_START_NS, by_chance

TICK_E9 = 250_000_000
N = LEAD + WINDOW_NS // BUCKET_NS
ORIGIN_NS = WINDOW_START_NS - LEAD * BUCKET_NS
RECEIVED = 5
"""Place of ``ts_recv`` in a row of ``orders.merged``."""
SEEDS = range(12)
LATE = [(seed, 2 * 10**9) for seed in range(2)]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duck.Connection]:
    with duck.in_memory(tmp_path / "spill", threads=1) as connection:
        yield connection


def told_by(seed: int) -> list[Record]:
    """Return a stream; of odd seeds with all the window's time between its records."""
    told = by_chance(seed, acts=120, crossed=True, steps_back=True)
    if not seed % 2:
        return told
    times = np.linspace(ORIGIN_NS - BUCKET_NS, WINDOW_START_NS + WINDOW_NS, len(told)).astype(int)
    return [replace(one, ts_recv=int(at)) for one, at in zip(told, times, strict=True)]


def closings(
    told: list[Record], connection: duck.Connection, behind_ns: int = 0
) -> Iterator[tuple[int, int, int]]:
    """Close one bucket after the other, of whose last records some come later where all is behind.

    Yields its number, how many records came until then, and the first bucket that is another.
    """
    fold, kept, done = Fold(TICK_E9, WINDOW_START_NS), Held(connection), 0
    records = to_records(told)
    clock = np.maximum.accumulate(records.ts_recv)
    for number in range(1, N + 1):
        count = int(np.searchsorted(clock, ORIGIN_NS + number * BUCKET_NS - behind_ns))
        first = kept.keep(fold.close(number, rows(records, done, count)))
        done = count
        yield number, count, first


def of_window(changes: Counter[Row]) -> Counter[Row]:
    """Return the changes that fall into a bucket."""
    return Counter({row: n for row, n in changes.items() if n and row[RECEIVED] >= ORIGIN_NS})


@pytest.mark.parametrize(("seed", "behind_ns"), [*((one, 0) for one in SEEDS), *LATE])
def test_at_the_end_of_each_bucket_every_change_is_kept_once(
    seed: int, behind_ns: int, connection: duck.Connection
) -> None:
    """Also of an event that goes on after it, as far as it came, and later as it was.

    What comes late is of the bucket in which it was received, and of the book at its end.
    """
    told = told_by(seed)
    clock = np.maximum.accumulate(to_records(told).ts_recv)
    listed = ", ".join(GIVES["changes"])
    before: Counter[Row] = Counter()
    for number, count, first in closings(told, connection, behind_ns):
        query = f"select {listed} from ({held.changes(1, number)})"
        found = of_window(merged(connection.execute(query).fetchall()))
        assert found == of_window(by_python(told[:count])), number
        assert first == first_other(before, found, number)
        assert tallied(number, connection) == summed(number, connection)
        before = found
        for end in range(max(number - 3, 1), number + 1):
            came = int(np.searchsorted(clock[:count], ORIGIN_NS + end * BUCKET_NS))
            assert resting(end, connection) == resting_by_python(told[:came]), (number, end)


def tallied(number: int, connection: duck.Connection) -> Counter[Row]:
    """Return lots by bucket, place and kind, of the sums that are kept up to a bucket."""
    listed = ", ".join(f"{kind}_qty" for kind in KINDS)
    query = f"select bucket_no, is_bid, tick, {listed} from ({held.tallies(1, number)})"
    found: Counter[Row] = Counter()
    for bucket_no, is_bid, tick, *lots in connection.execute(query).fetchall():
        for kind, qty in zip(KINDS, lots, strict=True):
            found[bucket_no, is_bid, tick, kind] += qty
    return found


def summed(number: int, connection: duck.Connection) -> Counter[Row]:
    """Return the same of the changes that are kept."""
    query = f"select bucket_no, is_bid, tick, kind, qty from ({held.changes(1, number)})"
    found: Counter[Row] = Counter()
    for *place, kind, qty in connection.execute(query).fetchall():
        found[(*place, KINDS[kind - 1])] += qty
    return found


def first_other(before: Counter[Row], now: Counter[Row], number: int) -> int:
    """Return the first bucket up to one of which other changes are told."""
    other = (before - now) + (now - before)
    numbers = ((row[RECEIVED] - ORIGIN_NS) // BUCKET_NS + 1 for row in other)
    return min(numbers, default=number)


def resting(number: int, connection: duck.Connection) -> Counter[Row]:
    """Return lots, and orders, by side and tick at the end of a bucket."""
    query = f"select is_bid, tick, snapshot_qty, orders_delta from ({held.book(number)})"
    found: Counter[Row] = Counter()
    for is_bid, tick, qty, n_orders in connection.execute(query).fetchall():
        found["bid" if is_bid else "ask", tick] += qty
        found["bid" if is_bid else "ask", tick, "orders"] += n_orders
    return found


def resting_by_python(told: list[Record]) -> Counter[Row]:
    found: Counter[Row] = Counter()
    for change in book.changes(told):
        found[change.side, change.tick] += change.delta
        found[change.side, change.tick, "orders"] += change.orders_delta
    return Counter({place: n for place, n in found.items() if n})


@pytest.mark.thorough
def test_ends_of_buckets_cut_events_and_fills(connection: duck.Connection) -> None:
    """Else the test above would show nothing."""
    cut: Counter[int] = Counter()
    n_other = 0
    for seed in SEEDS:
        for number, _, first in closings(told_by(seed), connection):
            kinds = connection.execute("select kind from held.changes where is_begun").fetchall()
            cut.update(kind for (kind,) in kinds)
            n_other += first < number
        connection.execute("drop schema held cascade")
    assert cut.total() >= 30
    assert cut[FILL] >= 5
    assert n_other >= 8, "no bucket became another by what came after it"
