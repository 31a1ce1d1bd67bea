"""What the demo says of options: exposure by strike, and the options around each level."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from cli.conftest import Shown
from spymaster.demo import exposure, market
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.warehouse import duck

SETTINGS = Settings()
BAR = exposure.BAR


@pytest.fixture(scope="module")
def connection(demonstrated: Shown) -> Iterator[duck.Connection]:
    with catalog(Settings(warehouse=demonstrated.warehouse)) as opened:
        yield opened


def lines(pieces: Iterator[RenderableType], width: int = 80) -> list[str]:
    """Return what the pieces look like on a terminal so wide."""
    console = Console(file=StringIO(), width=width)
    for piece in pieces:
        console.print(piece)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_the_walls_are_named_where_they_were_planted(demonstrated: Shown) -> None:
    truth = next(demonstrated.shell.folder.glob("demo/files/options/*.truth.json"))
    walls = json.loads(truth.read_text(encoding="utf-8"))["walls"]
    planted = {wall["right"]: wall["strike"] for wall in walls[:2]}
    for name, right in (("call wall", "C"), ("put wall", "P")):
        (line,) = (one for one in demonstrated.printed.splitlines() if name in one)
        assert line.startswith(f"{planted[right]} ")


def test_bars_and_numbers_are_those_of_the_relation(connection: duck.Connection) -> None:
    found = exposure.read_exposure(connection, market.SESSION)
    assert found is not None
    rows = {int(line.split()[0]): line for line in lines(exposure.strikes(found, SETTINGS))[4:]}
    ((at,),) = connection.execute("select max(bucket_end) from options.gex_5s").fetchall()
    held = connection.execute(
        "select front_strike, underlying_id = instrument_id, gex_call, gex_put"
        f" from options.gex_5s, market.sessions where bucket_end = '{at}' and gex_gross is not null"
    ).fetchall()
    listed = {strike for strike, is_front, *_ in held if is_front}
    shown = {strike: [0.0, 0.0] for strike in rows}
    for front_strike, _, calls, puts in held:
        # what another future's options hold stands at the nearest strike of this one
        strike = min(listed, key=lambda one: (abs(one - front_strike), one))
        if strike in shown:
            shown[strike][0] += calls
            shown[strike][1] += puts
    assert set(rows) <= listed
    assert len(rows) >= 15
    most = max(max(pair) for pair in shown.values())
    for strike, (calls, puts) in shown.items():
        line = rows[strike]
        assert f" {(calls - puts) / 1e6:+,.0f}" in line
        left, right = line[7 : 7 + BAR], line[8 + BAR : 8 + 2 * BAR]
        assert left.count("█") == pytest.approx(BAR * puts / most, abs=1)
        assert right.count("█") == pytest.approx(BAR * calls / most, abs=1)


def test_every_level_has_a_ladder_of_five_prices(
    demonstrated: Shown, connection: duck.Connection
) -> None:
    ladders = exposure.read_ladders(connection, SETTINGS)
    used = connection.execute("select distinct level_id from pressure.levels_5s").fetchall()
    assert {ladder.level_id for ladder in ladders} == {level for (level,) in used}
    came = dict(
        connection.execute(
            "select level_id, max(bucket_end) from pressure.touches group by level_id"
        ).fetchall()
    )
    for ladder in ladders:
        assert len(ladder.rungs) == 5
        assert ladder.has_come == (ladder.level_id in came)
        local = ladder.at.replace(tzinfo=None) - ladder.at.utcoffset()  # type: ignore[operator]
        if ladder.has_come:
            assert local == came[ladder.level_id]
        for rung in ladder.rungs:
            assert f"\n{rung.price:.2f}" in demonstrated.printed


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(connection: duck.Connection, width: int) -> None:
    found = exposure.read_exposure(connection, market.SESSION)
    pieces = [
        *exposure.strikes(found, SETTINGS),
        *exposure.ladders(exposure.read_ladders(connection, SETTINGS)),
    ]
    drawn = lines(iter(pieces), width)
    assert max(map(len, drawn)) <= width
    assert "…" not in "".join(drawn)


def test_what_is_not_known_is_a_dash(connection: duck.Connection) -> None:
    (ladder, *_) = exposure.read_ladders(connection, SETTINGS)
    nothing = replace(
        ladder.rungs[0], gamma_share=None, net=None, long_short=None, vol_demand=None, traded=None
    )
    (*_, row) = lines(exposure.ladders([replace(ladder, rungs=(nothing,))]))
    assert row.split() == [f"{nothing.price:.2f}", *"-----"]


def test_a_session_without_exposure_says_so(connection: duck.Connection) -> None:
    assert exposure.read_exposure(connection, date(2020, 1, 1)) is None
    assert lines(exposure.strikes(None, SETTINGS)) == ["", "No gamma exposure"]


def test_a_page_without_a_terminal_has_no_colour(demonstrated: Shown) -> None:
    assert not re.search("\x1b", demonstrated.printed)
