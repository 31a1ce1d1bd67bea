"""What is said of a day that is over: its touches, and what the past said of them."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from spymaster.read.catalog import catalog
from spymaster.report import page, report
from spymaster.report.asked import Asked, ask
from spymaster.settings import Settings
from spymaster.setups import analogs
from spymaster.setups.names import OUTCOMES
from spymaster.setups.odds import Odds, odds
from spymaster.setups.touches import touches
from spymaster.warehouse import duck


def test_odds_are_those_of_the_last_decision_with_their_analogs(history: Settings) -> None:
    with catalog(history) as connection:
        ((last,),) = connection.execute("select max(session) from market.sessions").fetchall()
        found = odds(connection, last, 120)
        came = touches(connection, last)
        cards = connection.execute(
            f"select cluster_id, touched_at, outcome from analogs.cards where session = '{last}'"
            " and wait_s = 60 and horizon_s = 120"
        ).fetchall()
    assert set(found) == {(touch.cluster_id, touch.at) for touch in came}
    for key, each in found.items():
        assert (each.forecast["wait_s"], each.forecast["horizon_s"]) == (60, 120)
        ended = Counter(outcome for *own, outcome in cards if tuple(own) == key)
        assert Counter(card["outcome"] for card in each.cards) == ended
        assert each.counts.startswith(", ".join(f"{ended[name]} {name}" for name in OUTCOMES))
        assert [card["rank"] for card in each.cards] == sorted(c["rank"] for c in each.cards)
        assert all(card["neighbour_session"] < last for card in each.cards)
    assert any(each.cards for each in found.values())


def test_analogs_are_of_the_decision_whose_odds_are_told(tmp_path: Path) -> None:
    """Earlier touches came so late that only their arrival was decided about."""
    at = datetime(2024, 3, 5, 14, 40)
    own = f"date '2024-03-05' as session, 'PM_HIGH' as cluster_id, timestamp '{at}' as touched_at"
    with closing(duck.in_memory(tmp_path, threads=1)) as connection:
        connection.execute(
            "create schema analogs; create schema setups;"
            "create macro setups.outcomes(day) as table"
            f" select {own}, unnest([0, 60]) as wait_s, 120 as horizon_s,"
            " 'break' as outcome, null as why;"
            "create macro analogs.forecasts(day) as table"
            f" select {own}, unnest([0, 60]) as wait_s, 120 as horizon_s, wait_s as n_sessions;"
            "create macro analogs.cards(day) as table"
            f" select {own}, 0 as wait_s, 120 as horizon_s, 1 as rank, 'chop' as outcome,"
            " date '2024-03-04' as neighbour_session, 'PM_HIGH' as neighbour_cluster_id,"
            " touched_at - interval 1 day as neighbour_touched_at"
        )
        ((key, found),) = odds(connection, date(2024, 3, 5), 120).items()
    assert key == ("PM_HIGH", at)
    assert found.forecast["wait_s"] == 60
    assert found.cards == ()


@pytest.mark.parametrize(("count", "said"), [(0, "sessions"), (1, "session"), (2, "sessions")])
def test_one_earlier_session_is_one(count: int, said: str) -> None:
    row = {"n_sessions": count, "alpha": 1e9, "coverage": None, "why": "too_few_sessions"}
    assert Odds(row, ()).why == f"no history: {count} earlier {said}"
    assert analogs.support(row) == f"{count} {said} (no claim beyond the reference)"


def test_a_report_names_the_nearest_analogs(
    history: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words; the pictures of its dozens of levels are made, and rendered for none."""
    monkeypatch.setattr(page, "svg", lambda chart, name: f"<svg id={name}>")
    path = tmp_path / "report.html"
    report(history, None, path)
    text = path.read_text(encoding="utf-8")
    assert "most alike:" in text
    assert "Nearest: " in text
    # so long a cell would squeeze the others until times and numbers break
    assert ".touches { overflow-wrap: break-word; }" in text
    assert "No options landed for this session." in text


@pytest.mark.parametrize(("lacks", "drawn"), [("trades", "gex-"), ("open interest", "hedge-")])
def test_a_report_has_gamma_without_trades_and_hedging_without_open_interest(
    simulated: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str, drawn: str
) -> None:
    def lacking(*given: Any) -> Asked:
        found = ask(*given)
        unknown = [row | {"hedge_sum": None} for row in found.hedged]
        if lacks == "trades":
            return replace(found, levels=[], hedged=unknown)
        return replace(found, levels=[], has_gamma=False)

    monkeypatch.setattr(page, "ask", lacking)
    monkeypatch.setattr(page, "svg", lambda chart, name: f"<svg id={name}>")
    path = tmp_path / "report.html"
    report(simulated, None, path)
    text = path.read_text(encoding="utf-8")
    assert f"<svg id={drawn}>" in text
    assert text.count("<svg") == text.count(page.UNKNOWN) == 1
    assert "No options landed" not in text
