"""The same book on the grids of other products, and sessions of days that clocks make odd."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from first_use import Used
from operations.test_fuzz import OPEN_NS, book
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import Records, write_dbn
from spymaster.settings import Settings
from spymaster.units import BUCKET_NS, NS_PER_SECOND, local_ns, to_ns
from spymaster.warehouse import duck

NEW_YORK = ZoneInfo("America/New_York")
DAY_NS = 86_400 * NS_PER_SECOND
ES_TICK_E9 = 250_000_000
ROOTS = {
    "NQ": ("NQ", "NQH4", "0.25"),
    "MES": ("MES", "MESH4", "0.25"),
    "CL": ("CL", "CLH4", "0.01"),
    "6E": ("6E", "6EH4", "0.00005"),
    "ZN": ("ZN", "ZNH4", "0.015625"),
}
"""Each, a contract of it, and its tick, points."""
SOON = {"CL", "the clock goes forward", "over midnight"}
"""What CI tries; the others take a minute more."""
Rows = list[tuple[Any, ...]]


def moved(records: Records, start_ns: int) -> Records:
    """Return the records a window later or earlier; the book is opened just before its start."""
    found = records.copy()
    for name in ("ts_recv", "ts_event"):
        found[name] += np.uint64((start_ns - OPEN_NS) % 2**64)
    return found


def landed(path: Path, records: Records, symbol: str, start_ns: int, settings: Settings) -> None:
    day = start_ns // DAY_NS * DAY_NS
    spans = {"start_ns": day - DAY_NS, "end_ns": day + 2 * DAY_NS}
    write_dbn(path, "mbo", records, symbols={symbol: 17077}, **spans)
    (landing,) = land([path], settings)
    assert landing.outcome == "landed", landing.message


def asked(settings: Settings, query: str) -> Rows:
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        return catalog.execute(query).fetchall()


def built(folder: Path, used: Used, root: str, symbol: str, tick: str) -> Settings:
    """Build a random book of half a minute on the grid of a product."""
    settings = Settings(
        warehouse=used(folder / root),
        root=root,
        tick_size=Decimal(tick),
        window_end=time(9, 31),
        levels=("OPEN", "ROUND_25", "ROUND_50"),
    )
    records = book(np.random.default_rng(3))
    records["price"] = records["price"] // ES_TICK_E9 * int(Decimal(tick) * 10**9)
    landed(folder / f"{root}.mbo.dbn", records, symbol, OPEN_NS, settings)
    for selector in ("+market.sessions", "+pressure.states_5s"):
        assert operations.run(settings, selector).failures == []
    return settings


def thorough_or_slow(cases: dict[str, tuple[Any, ...]]) -> list[Any]:
    """Return cases by name, each marked."""
    return [
        pytest.param(
            *case, id=name, marks=pytest.mark.thorough if name in SOON else pytest.mark.slow
        )
        for name, case in cases.items()
    ]


QUERIES = {
    "flow": "select * exclude (session, instrument_id, price) from flow_5s order by all",
    "depth": "select bucket_end, side, tick, depth_qty, n_orders from depth_5s order by all",
    "trades": "select * exclude (session, instrument_id, price) from trades_5s order by all",
    "levels": "select level_id, tick, known_at from levels order by all",
    "states": "select bucket_end, level_id, net, vacuum, code, dist_ticks"
    " from states_5s order by all",
}


@pytest.fixture(scope="module")
def es(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Settings:
    return built(tmp_path_factory.mktemp("es"), used, "ES", "ESH4", "0.25")


@pytest.mark.parametrize(("root", "symbol", "tick"), thorough_or_slow(ROOTS))
def test_another_product_has_the_same_book_on_its_own_grid(
    es: Settings, tmp_path: Path, used: Used, root: str, symbol: str, tick: str
) -> None:
    settings = built(tmp_path, used, root, symbol, tick)
    for name, query in QUERIES.items():
        expected = asked(es, query)
        assert expected, name
        assert asked(settings, query) == expected, name
    for relation in ("flow_5s", "depth_5s", "trades_5s"):
        strays = f"from {relation} anti join staging.mbo using (price)"
        assert asked(settings, f"select count(*) {strays}") == [(0,)]
    ((name, size),) = asked(settings, "select raw_symbol, tick_size from market.sessions")
    assert (name, size) == (symbol, float(tick))


DAYS = {
    "the clock goes forward": (date(2024, 3, 10), time(1), time(4), 2),
    "the evening after": (date(2024, 3, 10), time(18), time(19), 1),
    "the clock goes back": (date(2024, 11, 3), time(0, 30), time(3, 30), 4),
    "the Monday after": (date(2024, 11, 4), time(9, 30), time(12, 30), 3),
    "an early close": (date(2024, 11, 29), time(9, 30), time(15, 30), 6),
    "a holiday": (date(2024, 7, 4), time(9, 30), time(12, 30), 3),
    "a leap day": (date(2024, 2, 29), time(9, 30), time(12, 30), 3),
    "over midnight": (date(2024, 3, 5), time(23, 59), time(0, 59), 1),
    "over the end of a year": (date(2024, 12, 31), time(23, 59), time(0, 59), 1),
}


@pytest.mark.parametrize(("day", "start", "end", "hours"), thorough_or_slow(DAYS))
def test_an_odd_day_is_built_like_any_other(
    tmp_path: Path, used: Used, day: date, start: time, end: time, hours: int
) -> None:
    settings = Settings(warehouse=used(tmp_path / "warehouse"), window_start=start, window_end=end)
    start_ns = local_ns(day, start, NEW_YORK)
    records = moved(book(np.random.default_rng(3)), start_ns)
    landed(tmp_path / "day.mbo.dbn", records, "ESH4", start_ns, settings)
    assert operations.run(settings).failures == []
    n_buckets = hours * 3_600 * NS_PER_SECOND // BUCKET_NS
    ((session, opened, closed),) = asked(
        settings, "select session, window_start, window_end from market.sessions"
    )
    assert session == day
    assert to_ns(opened.replace(tzinfo=UTC)) == start_ns
    assert to_ns(closed.replace(tzinfo=UTC)) == start_ns + n_buckets * BUCKET_NS
    count = "select count(*), min(bucket_end), max(bucket_end) from quality_5s"
    first = datetime.fromtimestamp((start_ns + BUCKET_NS) / 1e9, UTC).replace(tzinfo=None)
    assert asked(settings, count) == [(n_buckets, first, closed)]
    assert asked(settings, "select n_gaps + n_steps_back from quality_5s limit 1") == [(0,)]
