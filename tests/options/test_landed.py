"""Real option files from landing to the catalog, and what is missing said in market.sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from first_use import Used
from options.desk import FUTURE, MIDNIGHT, SECOND, START, Row, open_interest, option, quote, records
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import Records, new_records, write_dbn
from spymaster.settings import Settings
from spymaster.warehouse import duck

pytestmark = pytest.mark.thorough

Ask = Callable[[str], list[tuple[Any, ...]]]
SPREADS = ({"instrument_class": "T"}, {"instrument_class": "M"}, {"user_defined_instrument": "Y"})
UNDEFINED = {1: 2**31 - 1, 2: 2**31 - 1, 3: 2**63 - 1}
"""What the vendor writes for a quantity that is not defined, by version of the format."""


def write(folder: Path, schema: str, written: Records, version: int = 3) -> Path:
    """Write a file of the session of ``options.desk``."""
    path = folder / f"{schema}-{version}.dbn.zst"
    end = MIDNIGHT + 86_400 * SECOND
    symbols = {"ESH4": FUTURE}
    write_dbn(
        path, schema, written, symbols=symbols, start_ns=MIDNIGHT, end_ns=end, version=version
    )
    return path


def without_options(folder: Path) -> list[Path]:
    """Return quotes of a future, and definitions of spreads only."""
    defined = [option(n, "C", 5100) | spread for n, spread in enumerate(SPREADS, 1)]
    quoted = [quote(FUTURE, START + n * SECOND, 5100, 5100.25) for n in range(3)]
    return [
        write(folder, "definition", records("definition", defined)),
        write(folder, "mbp-1", records("mbp-1", quoted)),
        *(write(folder, "statistics", statistics(v), v) for v in UNDEFINED),
    ]


def statistics(version: int) -> Records:
    """Return two values of an instrument, one of which is not defined."""
    rows: Sequence[Row] = [
        open_interest(version, MIDNIGHT, UNDEFINED[version]),
        open_interest(version, MIDNIGHT + 1, 1234),
    ]
    array = new_records("statistics", 2, version)
    for at, row in enumerate(rows):
        for name, value in row.items():
            array[name][at] = value
    return array


@pytest.fixture(scope="module")
def ask(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, used: Used) -> Ask:
    """Return the catalog of three sessions: two puts, a weekly call's last minutes, no options."""
    folder = tmp_path_factory.mktemp("landed")
    settings = Settings(
        warehouse=used(folder / "warehouse"), window_start=time(5, 54), window_end=time(16, 5)
    )
    names = ("esm4-options-20240509", "esm4-20240509", "ew2f6-options-20260109", "esh6-20260109")
    files = [file for name in names for file in (shared_data / "glbx").glob(f"{name}.*")]
    landings = land([*files, *without_options(folder)], settings)
    assert {landing.outcome for landing in landings} == {"landed"}
    assert operations.run(settings, "+market.sessions").failures == []

    def answer(query: str) -> list[tuple[Any, ...]]:
        with duck.read_only(settings.warehouse / "spymaster.duckdb") as connection:
            return connection.execute(query).fetchall()

    return answer


def test_real_puts_are_in_the_chain_with_their_future(ask: Ask) -> None:
    assert ask(
        "select raw_symbol, option_type, cp, strike, strftime(expiry, '%Y-%m-%d %H:%M'), style,"
        " multiplier, underlying_id, underlying from options.contracts"
        " where session = '2024-05-09' order by strike"
    ) == [
        ("ESM4 P5230", "put", -1, 5230, "2024-06-21 13:30", "american", 50, 5602, "ESM4"),
        ("ESM4 P5250", "put", -1, 5250, "2024-06-21 13:30", "american", 50, 5602, "ESM4"),
    ]
    assert ask(
        "select count(*), count(distinct instrument_id), min(forward), max(forward), count(oi)"
        " from options.chain_5s where quote_state = 'ok'"
        " and bucket_end between timestamp '2024-05-09 09:55:05' and '2024-05-09 10:04'"
    ) == [(216, 2, 5198.875, 5200.625, 0)]


def test_a_real_weekly_is_dead_at_its_expiry(ask: Ask) -> None:
    """Its quotes go on for three minutes."""
    expiry = "timestamp '2026-01-09 21:00'"
    contract = "select style, expiry = {} from options.contracts where raw_symbol = 'EW2F6 C7000'"
    assert ask(contract.format(expiry)) == [("european", True)]
    assert ask(
        f"select count(*), max(bucket_end) = {expiry} - interval 5 second, max(quote_ts) // 1000000"
        " from options.chain_5s where session = '2026-01-09'"
    ) == [(59, True, 1767992340000)]
    assert ask(f"select count(*) from staging.bbo where ts_recv >= epoch_ns({expiry})") == [(3,)]


def test_the_session_says_what_of_its_options_is_missing(ask: Ask) -> None:
    none, puts, weekly = ask(
        "select n_options, n_option_spreads, missing, option_spread_share"
        " from market.sessions order by session"
    )
    assert puts[:2] == (2, 0)
    assert puts[2].endswith(
        "; no open interest of options: no gamma exposure"
        "; no trades of options landed: no option flow"
    )
    assert weekly[:2] == (1, 0)
    assert "; no quotes of the futures that options deliver: no implied vol; " in weekly[2]
    assert none[:2] == (0, len(SPREADS))
    assert none[2].endswith("; no options landed")
    assert {session[3] for session in (none, puts, weekly)} == {None}  # none of them traded


def test_a_session_without_options_has_no_rows_of_them(ask: Ask) -> None:
    for relation in ("contracts", "chain_5s"):
        assert ask(f"select count(*) from options.{relation} where session = '2024-03-05'") == [
            (0,)
        ]


def test_both_spellings_of_an_undefined_quantity_are_null(ask: Ask) -> None:
    found = ask("select instrument_id, quantity from staging.statistics order by all nulls first")
    assert found == [(version, n) for version in UNDEFINED for n in (None, 1234)]
