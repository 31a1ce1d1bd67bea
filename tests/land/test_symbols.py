"""Files bought by continuous symbol or by id: the contract is known, or a line says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import databento_dbn
import numpy as np
import pytest

from first_use import Used
from land.files import DAY, DAY_NS, HOUR_NS, INSTRUMENT
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import new_records
from spymaster.settings import Settings, deciding
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

SESSION = DAY.date()
OPEN_NS = DAY_NS + 14 * HOUR_NS + HOUR_NS // 2
SELECTOR = "+market.sessions"


def trades(path: Path, stype: str, symbol: str | None, day: int = 0) -> Path:
    """Write ten trades of the window's first minute, asked for by a symbol of some kind."""
    records = new_records("trades", 10)
    records["instrument_id"], records["price"], records["size"] = INSTRUMENT, 4_800 * 10**9, 1
    records["action"], records["side"], records["flags"] = b"T", b"B", 128
    records["ts_recv"] = OPEN_NS + day * 24 * HOUR_NS + np.arange(10) * 10**9
    records["ts_event"] = records["ts_recv"]
    path.write_bytes(header(stype, symbol) + records.tobytes())
    return path


def header(stype: str, symbol: str | None) -> bytes:
    """Return the header of a file of a week."""
    if stype == "instrument_id":
        symbol, mapped = str(INSTRUMENT), symbol
    else:
        mapped = str(INSTRUMENT)
    interval = SimpleNamespace(
        start_date=date(2024, 1, 7), end_date=date(2024, 1, 14), symbol=mapped
    )
    mappings: list[Any] = []
    if symbol is not None and mapped is not None:
        mappings = [SimpleNamespace(raw_symbol=symbol, intervals=[interval])]
    return databento_dbn.Metadata(
        dataset="GLBX.MDP3",
        start=DAY_NS - 2 * 24 * HOUR_NS,
        end=DAY_NS + 5 * 24 * HOUR_NS,
        stype_in=databento_dbn.SType.from_str(stype),
        stype_out=databento_dbn.SType.from_str("instrument_id"),
        schema=databento_dbn.Schema.from_str("trades"),
        symbols=[symbol or str(INSTRUMENT)],
        partial=[],
        not_found=[],
        mappings=mappings,
        ts_out=False,
        version=3,
    ).encode()


@pytest.fixture
def settings(tmp_path: Path, used: Used) -> Settings:
    return Settings(warehouse=used(tmp_path / "warehouse"))


def contract(settings: Settings) -> tuple[Any, ...]:
    query = "select instrument_id, raw_symbol, traded_qty from market.sessions"
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        (row,) = catalog.execute(query).fetchall()
    return tuple(row)


@pytest.mark.parametrize(
    ("stype", "symbol", "name"),
    [
        ("raw_symbol", "ESH4", "ESH4"),
        ("continuous", "ES.v.0", None),
        pytest.param("continuous", "ES.c.0", None, marks=pytest.mark.thorough),
        pytest.param("instrument_id", "ESH4", "ESH4", marks=pytest.mark.thorough),
    ],
)
def test_a_contract_is_known_without_a_definition(
    settings: Settings, tmp_path: Path, stype: str, symbol: str, name: str | None
) -> None:
    (landing,) = land([trades(tmp_path / "a.dbn", stype, symbol)], settings)
    assert "land the definition" not in landing.message
    assert operations.run(settings, SELECTOR).failures == []
    assert contract(settings) == (INSTRUMENT, name, 10)


def test_what_nothing_names_asks_for_a_definition(settings: Settings, tmp_path: Path) -> None:
    (landing,) = land([trades(tmp_path / "a.dbn", "instrument_id", None)], settings)
    assert landing.message.endswith(f"; land the definition of {INSTRUMENT}: nothing names it")
    report = operations.run(settings, SELECTOR)
    assert report.failures == []
    assert report.exit_code == 1
    said = f"no outright of ES landed; land the definition of {INSTRUMENT}"
    assert report.incomplete == {SESSION: said}
    assert contract(settings) == (None, None, 0)


@pytest.mark.thorough
def test_a_wrong_root_names_what_landed_and_keeps_what_was_published(
    settings: Settings, tmp_path: Path
) -> None:
    land([trades(tmp_path / "a.dbn", "raw_symbol", "ESH4")], settings)
    operations.run(settings, SELECTOR)
    before = contract(settings)
    for changed, said in (
        ({"root": "NQ"}, "no outright of NQ landed; there is ESH4"),
        ({"instrument": "ESM4"}, "no ESM4 landed; there is ESH4"),
    ):
        report = operations.run(replace(settings, **changed), SELECTOR, change_settings=True)
        (line,) = report.failures
        assert said in line
        assert line.endswith("; what was built before stays")
        assert report.exit_code == 1
        assert contract(settings) == before
        assert Ledger(Layout(settings.warehouse)).settings() == deciding(settings)


@pytest.mark.thorough
def test_a_wrong_root_from_the_start_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    land([trades(tmp_path / "a.dbn", "raw_symbol", "ESH4")], settings)
    report = operations.run(replace(settings, root="NQ"), SELECTOR)
    assert report.failures == []
    assert report.incomplete == {SESSION: "no outright of NQ landed; there is ESH4"}
    assert report.exit_code == 1


@pytest.mark.thorough
def test_a_week_in_one_file_is_named_on_every_day(settings: Settings, tmp_path: Path) -> None:
    first = trades(tmp_path / "a.dbn", "raw_symbol", "ESH4")
    later = trades(tmp_path / "b.dbn", "raw_symbol", "ESH4", day=1)
    content = first.read_bytes() + later.read_bytes()[len(header("raw_symbol", "ESH4")) :]
    week = tmp_path / "week.dbn"
    week.write_bytes(content)
    land([week], settings)
    assert operations.run(settings, SELECTOR).failures == []
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        rows = catalog.execute("select session, raw_symbol from market.sessions").fetchall()
    assert rows == [(SESSION, "ESH4"), (date(2024, 1, 10), "ESH4")]
