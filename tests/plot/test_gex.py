"""The picture of gamma exposure, and what it is drawn from."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from spymaster.errors import UsageError
from spymaster.plot import plot_gex
from spymaster.read.catalog import catalog
from spymaster.read.exposure import exposure, latest_exposure
from spymaster.settings import Settings


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".html", b"<!doctype html>")]
)
def test_a_picture_has_the_format_its_name_says(
    simulated: Settings, tmp_path: Path, suffix: str, start: bytes
) -> None:
    path, again = tmp_path / f"gex{suffix}", tmp_path / f"again{suffix}"
    assert plot_gex(simulated, path) > 20
    assert path.read_bytes().startswith(start)
    plot_gex(simulated, again)
    assert again.read_bytes() == path.read_bytes()


def test_the_picture_names_what_stands_out_and_when(simulated: Settings, tmp_path: Path) -> None:
    path = tmp_path / "gex.svg"
    plot_gex(simulated, path, at=time(9, 33, 7), expiry_set="0dte")
    text = path.read_text(encoding="utf-8")
    with catalog(simulated) as connection:
        session = latest_exposure(connection)
        found = exposure(connection, session, datetime.max, "0dte")
    assert found is not None
    for words in (
        f"Gamma exposure by strike, {session} 09:33:05, expiries 0dte",
        f"call wall {found.call_wall:.2f}",
        f"put wall {found.put_wall:.2f}",
        "zero gamma",
        "forward",
        "$ million per 1 %",
    ):
        assert f"<!-- {words}" in text


@pytest.mark.parametrize(("expiry_set", "days"), [("0dte", 0), ("5d", 5), ("all", 10_000)])
def test_strikes_add_up_to_the_profile(simulated: Settings, expiry_set: str, days: int) -> None:
    with catalog(simulated) as connection:
        found = exposure(connection, latest_exposure(connection), datetime.max, expiry_set)
        ((calls, puts),) = connection.execute(
            "select sum(gex_call), sum(gex_put) from options.gex_5s"
            f" where days <= {days}"
            " and bucket_end = (select max(bucket_end) from options.gex_profile_5s)"
        ).fetchall()
    assert found is not None
    assert sum(strike.calls for strike in found.strikes) == pytest.approx(calls)
    assert sum(strike.puts for strike in found.strikes) == pytest.approx(puts)
    assert sum(strike.net for strike in found.strikes) == pytest.approx(found.net)
    assert found.gross == pytest.approx(calls + puts)
    assert [each.price for each in found.strikes] == sorted({s.price for s in found.strikes})


def test_an_unknown_set_names_the_known_ones(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expiry set 'x': allowed are 0dte, 5d, all"):
        plot_gex(simulated, tmp_path / "a.png", expiry_set="x")


def test_a_time_before_the_window_is_refused(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no gamma exposure of 2024-03-05 by 08:00:00"):
        plot_gex(simulated, tmp_path / "a.png", at=time(8))
    assert not list(tmp_path.iterdir())
