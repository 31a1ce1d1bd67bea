"""The demo: the main job in one command, and what it tells its reader to type."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from cli.conftest import Shown, run_demo
from spymaster.demo import demo, exposure, market, page, past, visits
from spymaster.errors import DataError, RefusedError
from spymaster.read.catalog import catalog
from spymaster.read.questions import next_steps
from spymaster.settings import Settings
from spymaster.warehouse import duck

BUCKET = timedelta(seconds=5)


@pytest.fixture(scope="module")
def connection(demonstrated: Shown) -> Iterator[duck.Connection]:
    with catalog(Settings(warehouse=demonstrated.warehouse)) as opened:
        yield opened


@pytest.fixture(scope="module")
def levels(demonstrated: Shown, connection: duck.Connection) -> dict[str, visits.Watched]:
    found = visits.read(connection, Settings(), demonstrated.truth)
    return {level.level_id: level for level in found}


def test_every_command_that_the_demo_prints_works_as_printed(demonstrated: Shown) -> None:
    _, _, after = demonstrated.printed.partition("Where to look next\n")
    commands = re.findall(r"^uv run .*$", after, re.MULTILINE)
    verbs = []
    for command in commands:
        assert len(command) <= 80
        args = shlex.split(command.replace("--extra plot ", ""))
        assert args[:3] == ["uv", "run", "spymaster"]
        verbs.append(args[3])
        if args[3] != "serve":  # which goes on; cli/test_serve.py starts it
            result = demonstrated.shell.inside(*args[3:])
            assert result.returncode == 0
            assert "error" not in result.stderr
    assert verbs == ["plot", "query", "serve"]
    drawn = demonstrated.shell.folder / "low.png"
    assert drawn.read_bytes().startswith(b"\x89PNG")


def test_what_does_not_land_ends_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the disk is full: else it shows an empty page, and calls that well done."""
    (bad := tmp_path / "bad.dbn").touch()
    made = SimpleNamespace(files=(bad,), records=0)
    monkeypatch.setattr(market, "simulate", lambda *given, **more: made)
    with pytest.raises(DataError, match=r"bad\.dbn: zero bytes"):
        market.play(tmp_path / "demo", lambda line: None)


def test_the_page_begins_with_what_came_what_left_and_what_happened(
    demonstrated: Shown, levels: dict[str, visits.Watched]
) -> None:
    told = [
        (visit, level)
        for level in levels.values()
        for visit in level.visits
        if visit.net is not None and visit.answer in ("break", "reject")
    ]
    visit, level = max(told, key=lambda each: abs(each[0].net or 0))
    said = " ".join(demonstrated.printed.split("time  ")[0].split())
    assert f"At {visit.at:%H:%M:%S} price came from" in said
    assert f"to {level.level_id} at {visit.price:.2f}." in said
    assert visit.bids_pulled is not None
    assert visit.bids_pulled > 0.5
    assert f"bids below left ({visit.bids_pulled:.0%} pulled)" in said
    assert visit.net is not None
    assert visit.net < 0
    assert f"the road down opened, net {visit.net:+.2f}. What price did: {visit.answer}." in said
    assert "a coin does" in said


def test_the_page_fits_on_a_screen(
    demonstrated: Shown, levels: dict[str, visits.Watched], connection: duck.Connection
) -> None:
    """Of the demo's whole session, which has four visits more than the shorter one of the tests."""
    settings = Settings(warehouse=demonstrated.warehouse)
    found = exposure.read_exposure(connection, market.SESSION)
    watched = list(levels.values())
    parts = (
        page.insight(market.SESSION, watched, past.past(watched, 0, settings)),
        page.visits(watched),
        page.legend(watched),
        exposure.strikes(found, settings),
        page.commands(next_steps(settings)),
    )
    console = Console(file=StringIO(), width=80)
    for piece in (piece for part in parts for piece in part):
        console.print(piece)
    shown = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    more = 12 - sum(len(level.visits) for level in watched)
    assert len(shown) + more <= 60


def test_price_did_what_was_planted_and_the_page_says_both(
    demonstrated: Shown, levels: dict[str, visits.Watched]
) -> None:
    touches = json.loads(demonstrated.truth.read_text(encoding="utf-8"))["touches"]
    planted = {
        (level_id, visit.planted): visit
        for watched in levels.values()
        for visit in watched.visits
        for level_id in visit.level_ids
        if visit.planted
    }
    for watched in levels.values():
        for level_id in watched.shown_at:
            assert f"{watched.level_id}  at" in demonstrated.printed
            assert any(watched.level_id in visit.level_ids for visit in levels[level_id].visits)
    tracked = [touch for touch in touches if touch["level_id"] in levels]
    assert {"chop", "reject"} <= {touch["hidden"] for touch in tracked}
    for touch in tracked:
        visit = planted[touch["level_id"], touch["hidden"]]
        assert visit.answer == touch["hidden"]
        assert visit.from_below == (touch["approach"] == "from_below")
        line = next(
            one
            for one in demonstrated.printed.splitlines()
            if one.startswith(f"{visit.at:%H:%M:%S}")
        )
        assert line.split()[-2:] == [touch["hidden"], touch["hidden"]]


def test_a_visit_says_what_the_relations_hold_in_the_minutes_around_it(
    levels: dict[str, visits.Watched], connection: duck.Connection
) -> None:
    watched = levels["PM_LOW"]
    for visit in watched.visits:
        states, cells = (
            connection.execute(
                f"select {columns} from {relation} where level_id = 'PM_LOW'"
            ).fetchall()
            for columns, relation in (
                ("bucket_end, net, net_60s, vacuum_60s", "pressure.states_5s"),
                ("bucket_end, side, zone, band, pull_qty, add_qty", "pressure.cells_5s"),
            )
        )
        arrived = (visit.at - visit.at.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]
        known = {at: told for at, *told in states}
        assert visit.nets == {
            n: known[arrived + n * BUCKET][0]
            for n in range(-12, 13)
            if arrived + n * BUCKET in known
        }
        assert [visit.net, visit.vacuum] == known[arrived + 12 * BUCKET][1:]
        for side, zone, found in (
            ("ask", "above", visit.asks_pulled),
            ("bid", "below", visit.bids_pulled),
        ):
            flow = [
                (pull, add)
                for at, of, where, band, pull, add in cells
                if (of, where) == (side, zone) and 1 <= band <= 5
                if arrived < at <= arrived + 12 * BUCKET
            ]
            pulled, added = (sum(column) for column in zip(*flow, strict=True))
            assert found == pytest.approx(pulled / (pulled + added))


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_of_the_page_is_wider_than_the_terminal(
    levels: dict[str, visits.Watched], width: int
) -> None:
    lines = drawn(levels, width, force_terminal=True)
    assert max(len(re.sub("\x1b\\[[0-9;]*m", "", line)) for line in lines) <= width
    assert {"\x1b[34m", "\x1b[33m"} <= set(re.findall("\x1b\\[3\\dm", "".join(lines)))
    row = next(line for line in lines if "reject" in line and "│" in line)
    assert ("%" in row) == (width == 120)


def test_the_page_has_no_colour_where_nobody_wants_it(
    levels: dict[str, visits.Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in "".join(drawn(levels, 80, force_terminal=False))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in "".join(drawn(levels, 80, force_terminal=True))


def test_what_is_not_known_is_a_dash(levels: dict[str, visits.Watched]) -> None:
    (visit, *_) = levels["PM_LOW"].visits
    nothing = replace(visit, net=None, vacuum=None, nets={}, asks_pulled=None, answer="")
    watched = replace(levels["PM_LOW"], visits=(nothing,))
    row = drawn({"PM_LOW": watched}, 80)[-1]
    assert row.split()[2:5] == ["-", "-", "│"]
    assert "·" not in row.split("│")[1].split("-")[0]


def drawn(
    levels: dict[str, visits.Watched], width: int, *, force_terminal: bool = False
) -> list[str]:
    """Return the lines of the page about some levels."""
    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=force_terminal,
        color_system="standard" if force_terminal else None,
    )
    for piece in page.visits(list(levels.values())):
        console.print(piece)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_a_second_demo_prints_the_same_and_builds_nothing(demonstrated: Shown) -> None:
    again = run_demo(demonstrated.shell)
    assert again.printed == demonstrated.printed
    assert "0 relations built" in again.said


def test_the_demo_keeps_out_of_a_warehouse_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    with pytest.raises(RefusedError, match="warehouse: not a demo's; give the demo another --fold"):
        demo(tmp_path, say=lambda line: None, console=Console(file=StringIO()))
    assert not list((tmp_path / "warehouse").iterdir())
