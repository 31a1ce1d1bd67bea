"""Real vendor files from the command's own functions to the published catalog."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest

import streams
from first_use import Used
from reference import book, buckets
from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck

Catalog = duck.Connection
ESH4_START = 1_703_541_600_000_000_000
"""17:00 New York of 2023-12-25, ns since 1970 UTC."""
TWO_HOURS_NS = 7_200_000_000_000


def build(warehouse: Path, files: list[Path], start: time, end: time) -> Settings:
    settings = Settings(warehouse=warehouse, window_start=start, window_end=end)
    landings = land(files, settings)
    assert {landing.outcome for landing in landings} == {"landed"}
    report = operations.run(settings)
    assert report.failures == []
    return settings


def opened(settings: Settings) -> Catalog:
    return duck.read_only(settings.warehouse / "spymaster.duckdb")


def rows(catalog: Catalog, query: str) -> list[tuple[Any, ...]]:
    return catalog.execute(query).fetchall()


@pytest.fixture(scope="module")
def esh4_file(shared_data: Path) -> Path:
    return shared_data / "glbx" / "esh4-20231225.mbo.dbn.zst"


@pytest.fixture(scope="module")
def esh4(
    esh4_file: Path, tmp_path_factory: pytest.TempPathFactory, used: Used
) -> Iterator[Catalog]:
    folder = used(tmp_path_factory.mktemp("esh4"))
    with opened(build(folder, [esh4_file], time(17), time(19))) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def esm4(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, used: Used
) -> Iterator[Catalog]:
    files = [
        shared_data / "glbx" / f"esm4-20240508.{schema}.dbn.zst" for schema in ("mbo", "definition")
    ]
    folder = used(tmp_path_factory.mktemp("esm4"))
    with opened(build(folder, files, time(20), time(20, 1))) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def esu4(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, used: Used
) -> Iterator[Catalog]:
    files = sorted((shared_data / "glbx").glob("esu4-20240701.*"))
    folder = used(tmp_path_factory.mktemp("esu4"))
    with opened(build(folder, files, time(19, 58), time(20, 2))) as catalog:
        yield catalog


def test_esh4_ends_with_the_known_book(esh4: Catalog) -> None:
    last = "bucket_end = timestamp '2023-12-26 00:00:00'"
    assert rows(esh4, f"select sum(n_orders) from book.depth_5s where {last}") == [(11_217,)]
    quote = "bid_tick * 0.25, bid_qty, ask_tick * 0.25, ask_qty"
    assert rows(esh4, f"select {quote} from market.bbo_5s where {last}") == [
        (4810.00, 22, 4810.25, 28)
    ]


def test_esh4_names_no_unknown_order(esh4: Catalog) -> None:
    assert rows(esh4, "select sum(n_unknown), count(*) from book.flow_5s") == [(0, 15_830)]
    assert rows(esh4, "select n_unknown, raw_symbol from market.sessions") == [(0, "ESH4")]


def test_esh4_never_crosses_after_the_uncross(esh4: Catalog) -> None:
    after = "bucket_end > timestamp '2023-12-25 23:00:05'"
    found = "count(*) filter (where bid_tick >= ask_tick), count(*)"
    assert rows(esh4, f"select {found} from market.bbo_5s where {after}") == [(0, 719)]


def test_esh4_agrees_with_the_plain_python_book(esh4: Catalog, esh4_file: Path) -> None:
    end = ESH4_START + TWO_HOURS_NS
    changes = [change for change in book.changes(streams.read(esh4_file)) if change.ts_recv < end]
    expected = buckets.flow_5s(changes, ESH4_START, end)
    names = [name for name in expected[0] if name not in ("bucket_end_ns", "depth_twa_ns")]
    order = "order by bucket_end, side, tick"
    listed = ", ".join(names)
    found = rows(esh4, f"select epoch_us(bucket_end) * 1000, {listed} from book.flow_5s {order}")
    expected.sort(key=lambda row: (row["bucket_end_ns"], row["side"], row["tick"]))
    twa = names.index("depth_twa") + 1
    for got, row in zip(found, expected, strict=True):
        wanted = (row["bucket_end_ns"], *(row[name] for name in names))
        assert got[:twa] + got[twa + 1 :] == wanted[:twa] + wanted[twa + 1 :]
        assert got[twa] == pytest.approx(wanted[twa], rel=1e-12)


def test_esh4_volume_by_bucket_is_that_of_the_trades_in_the_file(esh4: Catalog) -> None:
    from_file = """
        select make_timestamp((ts_recv // 5000000000 + 1)::bigint * 5000000), sum(size)
        from raw.mbo where action = 'T' and ts_recv >= 1703541600000000000 group by all order by all
    """
    from_model = """
        select bucket_end, sum(buy_qty + sell_qty + unsided_qty)
        from market.trades_5s group by all order by all
    """
    assert rows(esh4, from_file) == rows(esh4, from_model)
    assert rows(esh4, "select sum(buy_qty), sum(sell_qty), sum(unsided_qty) from trades_5s") == [
        (5_322, 4_526, 44)
    ]


def test_esh4_counts_what_traded_filled_and_was_silent(esh4: Catalog, esh4_file: Path) -> None:
    end, minute_ns = ESH4_START + TWO_HOURS_NS, 60 * 10**9
    records = [one for one in streams.read(esh4_file) if one.ts_recv < end]
    changed = [one for one in book.changes(records) if one.ts_recv >= ESH4_START]
    trades = [one for one in records if one.action == "T" and one.ts_recv >= ESH4_START]
    traded = sum(one.size for one in trades)
    filled = sum(c.qty for c in changed if c.kind in ("fill", "hidden_fill", "unknown_fill"))
    moments = {one.ts_recv - ESH4_START for one in (*changed, *trades)}
    silent = [
        TWO_HOURS_NS // step - len({at // step for at in moments})
        for step in (buckets.BUCKET_NS, minute_ns)
    ]
    names = "traded_qty, filled_qty, fill_gap_qty, n_silent_buckets, n_silent_minutes, chosen_by"
    assert rows(esh4, f"select {names} from market.sessions") == [
        (traded, filled, traded - filled, *silent, "this session")
    ]
    # an order modified through the market fills on its own side too
    assert 0 < traded < filled
    assert silent[0] > 0


@pytest.mark.thorough
def test_esm4_starts_from_a_clear_and_its_snapshot(esm4: Catalog) -> None:
    snapshot = "select sum(snapshot_qty) > 0, sum(clear_qty), sum(n_unknown) from book.flow_5s"
    assert rows(esm4, snapshot) == [(True, 0, 0)]
    assert rows(esm4, "select count(*) from raw.mbo where flags & 32 > 0") == [(13_601,)]
    last = "select bid_tick, bid_qty, ask_tick, ask_qty from bbo_5s order by bucket_end desc"
    assert rows(esm4, f"{last} limit 1") == [(5214 * 4, 28, 5214 * 4 + 1, 17)]
    assert rows(esm4, "select sum(n_orders) from depth_5s group by bucket_end limit 1") == [
        (13_598,)
    ]


@pytest.mark.thorough
def test_esu4_trades_of_mbp_1_are_those_of_the_trades_file(esu4: Catalog) -> None:
    both = "select ts_recv, ts_event, side, price_e9, size, sequence from staging.{} order by all"
    trades = rows(esu4, both.format("trades"))
    assert len(trades) == 120
    assert rows(esu4, both.format("mbp_1 where action = 'T'")) == trades


@pytest.mark.thorough
def test_esu4_builds_quotes_and_trades_without_orders(esu4: Catalog) -> None:
    assert rows(esu4, "select trades_from, landed from market.sessions") == [
        ("trades", ["definition", "mbp-1", "ohlcv", "trades"])
    ]
    assert rows(esu4, "select count(*), count(*) filter (where bid_tick < ask_tick) from bbo_5s")[
        0
    ] == (48, 48)
    assert rows(esu4, "select sum(buy_qty + sell_qty + unsided_qty) from trades_5s") == rows(
        esu4, "select sum(size) from staging.trades"
    )


@pytest.fixture(scope="module")
def landed(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, used: Used) -> Path:
    """Return a warehouse in which every real file landed, to be copied."""
    settings = Settings(warehouse=used(tmp_path_factory.mktemp("landed")))
    landings = land([shared_data / "glbx", shared_data / "vendor-fixtures"], settings)
    refused = [landing.file.name for landing in landings if landing.outcome == "refused"]
    assert refused == ["test_data.mbp-10.dbn.zst"]
    return settings.warehouse


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("start", "end", "sessions"),
    [
        # the hours before are built above
        (time(18, 58), time(20, 2), ["2020-12-27", "2023-12-25", "2024-05-07", "2024-07-01"]),
        (time(5, 50), time(6, 10), ["2024-05-09"]),
        (time(15, 50), time(16, 10), ["2026-01-09"]),
    ],
)
def test_every_real_file_lands_and_every_session_it_makes_passes_the_audits(
    landed: Path, tmp_path: Path, start: time, end: time, sessions: list[str]
) -> None:
    copy = shutil.copytree(landed, tmp_path / "warehouse", symlinks=True)
    settings = Settings(warehouse=copy, window_start=start, window_end=end)
    report = operations.run(settings)
    assert report.failures == []
    with opened(settings) as catalog:
        assert rows(catalog, "select session::varchar from sessions order by session") == [
            (session,) for session in sessions
        ]
