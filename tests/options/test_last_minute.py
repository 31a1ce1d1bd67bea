"""A chain that expires within the window tells its vol to the last minute."""

from __future__ import annotations

import py_lets_be_rational

from options.desk import FUTURE, SECOND, START, Desk, option, quote

BUCKET = 5 * SECOND
EXPIRY = START + 24 * BUCKET
STRIKES = (5098, 5099, 5100, 5101, 5102)
VOL = 0.12


def test_quotes_a_dime_wide_tell_the_vol_to_the_last_bucket() -> None:
    """Half the spread is then up to a seventh of the vol, and iv_unc says so."""
    listed = [
        option(100 + 2 * n + (right == "P"), right, strike, EXPIRY)
        for n, strike in enumerate(STRIKES)
        for right in "CP"
    ]
    quotes = [quote(FUTURE, START - SECOND, 5099.875, 5100.125)]
    for n in range(23):
        t = max(EXPIRY - START - (n + 1) * BUCKET, 60 * SECOND) / (365 * 86_400 * SECOND)
        for made in listed:
            side = 1 if made["instrument_class"] == "C" else -1
            strike = made["strike_price"] / 1e9
            value = py_lets_be_rational.black(5100, strike, VOL, t, side)
            at = START + n * BUCKET + SECOND
            quotes.append(quote(made["instrument_id"], at, value - 0.05, value + 0.05))
    desk = Desk().build(definition=listed, mbp_1=quotes)
    rows = desk.rows(
        "select bucket_end, strike, iv, iv_source, iv_unc from options.vols_5s where strike = 5100"
    )
    assert len(rows) == 23
    assert {row["iv_source"] for row in rows} == {"quote"}
    assert all(abs(row["iv"] - VOL) < 0.001 for row in rows)
    last = max(rows, key=lambda row: int(row["bucket_end"]))
    assert 0.01 < last["iv_unc"] < 0.2 * VOL
