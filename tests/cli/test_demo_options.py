"""What the demo says of options: exposure at the strikes that hold most."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
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
    rows = {int(line.split()[0]): line for line in lines(exposure.strikes(found, SETTINGS))[3:]}
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
    assert len(rows) == exposure.STRIKES
    assert {found.call_wall, found.put_wall} <= {float(strike) for strike in rows}
    most = max(max(pair) for pair in shown.values())
    for strike, (calls, puts) in shown.items():
        line = rows[strike]
        assert f" {(calls - puts) / 1e6:+,.0f}" in line
        left, right = line[7 : 7 + BAR], line[8 + BAR : 8 + 2 * BAR]
        assert left.count("█") == pytest.approx(BAR * puts / most, abs=1)
        assert right.count("█") == pytest.approx(BAR * calls / most, abs=1)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(connection: duck.Connection, width: int) -> None:
    found = exposure.read_exposure(connection, market.SESSION)
    drawn = lines(exposure.strikes(found, SETTINGS), width)
    assert max(map(len, drawn)) <= width
    assert "…" not in "".join(drawn)


def test_a_session_without_exposure_says_so(connection: duck.Connection) -> None:
    assert exposure.read_exposure(connection, date(2020, 1, 1)) is None
    assert lines(exposure.strikes(None, SETTINGS)) == ["", "No gamma exposure"]


def test_a_page_without_a_terminal_has_no_colour(demonstrated: Shown) -> None:
    assert not re.search("\x1b", demonstrated.printed)
