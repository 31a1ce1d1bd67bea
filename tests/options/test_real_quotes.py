"""Real quotes of ES options of 2020-01-06 through the same SQL."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from options.desk import SECOND, Desk, Row, option, quote
from spymaster import units
from spymaster.settings import Settings

SESSION = date(2020, 1, 6)
RATE = 0.0155
"""What three months of dollars paid then."""
SETTINGS = Settings(window_start=time(10), window_end=time(10, 20), interest_rate=RATE)
START, _ = units.window_ns(SESSION, time(10), time(10, 20), SETTINGS.zone)
MIDNIGHT = units.local_ns(SESSION, time(0), units.UTC)
EXPIRIES = {"20200320": date(2020, 3, 20), "20200619": date(2020, 6, 19)}
FUTURES = {"202003": 9001, "202006": 9002}
NAMES = {"202003": "ESH0", "202006": "ESM0"}


@pytest.fixture(scope="module")
def desk(shared_data: Path) -> Desk:
    """Return the session, its minute bars as quotes of the minute's end."""
    folder = shared_data / "es-options-2020"
    futures = rows(folder / "fut_quote.parquet")
    options = rows(folder / "fop_quote.parquet")
    series = sorted({(row["expiry"], row["right"], row["strike"]) for row in options})
    ids = {key: 1 + n for n, key in enumerate(series)}
    quotes = [bar(FUTURES[row["contract"]], row) for row in futures if row["contract"] in FUTURES]
    quotes += [bar(ids[row["expiry"], row["right"], row["strike"]], row) for row in options]
    definitions = [defined(ids[key], *key) for key in series]
    quotes.sort(key=lambda row: row["ts_recv"])
    return Desk(SETTINGS, SESSION).build(definition=definitions, bbo_1m=quotes)


def rows(path: Path) -> list[Row]:
    """Return the bars of the session's hours before and in the window."""
    table = pq.read_table(path, filters=[("day", "=", "20200106")]).to_pylist()
    return [row for row in table if 14 * 3_600_000 <= row["ms"] < 15.4 * 3_600_000]


def bar(instrument_id: int, row: Row) -> Row:
    at = MIDNIGHT + (row["ms"] + 60_000) * 1_000_000
    bid, ask = (None if price is None else float(price) for price in (row["bc"], row["ac"]))
    return quote(instrument_id, at, bid, ask)


def defined(instrument_id: int, expiry: str, right: str, strike: float) -> Row:
    expires = units.local_ns(EXPIRIES[expiry], time(9, 30), SETTINGS.zone)
    contract = expiry[:6]
    return option(
        instrument_id,
        "C" if right == "call" else "P",
        strike,
        expires,
        cfi="OCAFPS",
        asset="ES",
        ts_recv=MIDNIGHT,
        activation=MIDNIGHT - 90 * 86_400 * SECOND,
        underlying=NAMES[contract],
        underlying_id=FUTURES[contract],
    )


@pytest.mark.parametrize("expiry", EXPIRIES)
@pytest.mark.thorough
def test_the_smile_has_no_gap_within_a_twentieth_of_the_forward(desk: Desk, expiry: str) -> None:
    day = EXPIRIES[expiry]
    found = desk.rows(
        "select bucket_end, strike, iv, iv_source, iv_unc, forward from options.vols_5s"
        f" where expiry::date = date '{day}' and abs(ln(strike / forward)) <= 0.05"
        " order by bucket_end, strike"
    )
    ends = sorted({row["bucket_end"] for row in found})
    assert len(ends) == 240
    assert all(row["iv"] is not None and 0.05 < row["iv"] < 0.4 for row in found)
    smile = [row for row in found if row["bucket_end"] == ends[-1]]
    assert {row["iv_source"] for row in found} <= {"quote", "interpolated"}  # no wing so near
    assert all(row["iv_source"] == "quote" for row in found if row["iv_unc"] is not None)
    smile = [row for row in smile if row["iv_source"] == "quote"]
    assert len(smile) >= 20
    iv = np.array([row["iv"] for row in smile])
    strikes = np.array([row["strike"] for row in smile])
    assert smile[0]["iv"] - smile[-1]["iv"] > 0.02  # equity skew
    bends = np.abs(np.diff(iv) / np.diff(strikes))
    assert bends.max() < 0.002  # per point: no strike stands out from its neighbours


def test_puts_and_calls_agree_on_the_future(desk: Desk) -> None:
    """Over every pair within 150 points of the money."""
    residuals = [
        row["residual"]
        for row in desk.rows(
            "with mids as (select bucket_end, expiry, strike, cp, forward, (bid + ask) / 2 as mid"
            " from options.chain_5s where bid < ask)"
            " select strike + (call.mid - put.mid) / df - call.forward as residual"
            " from mids as call inner join mids as put using (bucket_end, expiry, strike)"
            " inner join options.vols_5s using (bucket_end, expiry, strike)"
            " where call.cp = 1 and put.cp = -1 and abs(strike - call.forward) <= 150"
        )
    ]
    assert len(residuals) > 10_000
    assert abs(float(np.median(residuals))) < 0.05
    assert float(np.std(residuals)) < 0.2


def test_the_chain_implies_the_forward_that_trades(desk: Desk) -> None:
    basis = [
        row["basis"]
        for row in desk.rows(
            "select distinct bucket_end, expiry, basis"
            " from options.chain_5s where basis is not null"
        )
    ]
    assert len(basis) > 400
    assert abs(float(np.median(basis))) < 0.05
    assert float(np.max(np.abs(basis))) < 0.5
