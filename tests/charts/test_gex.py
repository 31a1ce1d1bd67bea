"""The picture of gamma exposure, and what it is drawn from."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from spymaster.charts import DARK, gex_chart, plot_gex
from spymaster.errors import UsageError
from spymaster.read.catalog import catalog
from spymaster.read.exposure import exposure, latest_exposure
from spymaster.settings import Settings


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<svg"), (".html", b"<!doctype html>")]
)
def test_a_picture_has_the_format_its_name_says(
    simulated: Settings, tmp_path: Path, suffix: str, start: bytes
) -> None:
    path, again = tmp_path / f"gex{suffix}", tmp_path / f"again{suffix}"
    assert plot_gex(simulated, path) > 20
    assert path.read_bytes().startswith(start)
    plot_gex(simulated, again)
    assert again.read_bytes() == path.read_bytes()


def test_the_picture_names_what_stands_out_and_what_it_is_made_of(
    simulated: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "gex.svg"
    plot_gex(simulated, path, at=time(9, 33, 7), expiry_set="0dte")
    text = path.read_text(encoding="utf-8")
    with catalog(simulated) as connection:
        session = latest_exposure(connection)
        at = datetime(2024, 3, 5, 14, 33, 5)
        found = exposure(connection, session, at, "0dte")
        quoted = connection.execute(
            "select distinct underlying, forward from chain_5s"
            f" inner join contracts using (session, instrument_id) where bucket_end = '{at}'"
            " order by underlying"
        ).fetchall()
        ((interest,),) = connection.execute("select distinct oi_ref from chain_5s").fetchall()
    assert found is not None
    assert len(quoted) == 2
    for words in (
        f"{session} 09:33:05 New York time, expiries: 0dte",
        f"call wall {found.call_wall:.2f}",
        f"put wall {found.put_wall:.2f}",
        "zero gamma",
        "forward ESH4",
        "$ million per 1 %",
        "dealers long calls (right, +), short puts (left, -)",
        f"Open interest of {interest}",
        *(f"{symbol} {forward:.2f} (quote)" for symbol, forward in quoted),
    ):
        assert words in text


def test_the_grammar_finds_nothing_to_object_to(simulated: Settings) -> None:
    gex_chart(simulated, look=DARK).to_dict(validate=True)


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
