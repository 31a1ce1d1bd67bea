"""The questions of docs/reading.md, answered by the demo, against the reference derivations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from textwrap import dedent
from typing import Any

import pytest

from cli.conftest import Shown
from pressure import expected
from pressure.test_derivations import agree
from reference.buckets import BUCKET_NS
from reference.cells import Level, moments
from spymaster.demo import QUESTIONS
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.units import to_ns
from spymaster.warehouse import duck
from texts import READING, blocks

ASKED = dict(re.findall(r"^([A-Z][^\n]*)\n\n```sql\n(.*?)^```", READING, re.MULTILINE | re.DOTALL))
RISING, STRONGEST, EVOLVING, *_ = ASKED
Rows = list[dict[str, Any]]
States = dict[str, dict[int, dict[str, Any]]]
"""By level and end of bucket, ns."""


@pytest.fixture(scope="module")
def connection(demonstrated: Shown) -> Iterator[duck.Connection]:
    with catalog(Settings(warehouse=demonstrated.warehouse)) as opened:
        yield opened


@pytest.fixture(scope="module")
def derived(connection: duck.Connection) -> tuple[States, dict[str, set[int]]]:
    """States and touches of every level, from the flow of the book in plain Python."""
    flow, depth = (_rows(connection, f"from book.{name}") for name in ("flow_5s", "depth_5s"))
    for row in [*flow, *depth]:
        row["bucket_end_ns"] = _ns(row.pop("bucket_end"))
    for row in flow:
        row["depth_twa_ns"] = round(row["depth_twa"] * BUCKET_NS)
    ends = sorted({row["bucket_end_ns"] for row in depth})
    seen = moments(flow, depth, ends)
    levels: dict[str, list[Level]] = {}
    for row in _rows(connection, "from levels.levels where is_tracked order by known_at"):
        known, valid = row["known_at"], row["valid_to"]
        level = Level(row["level_id"], row["tick"], _ns(known), valid and _ns(valid))
        levels.setdefault(row["level_id"], []).append(level)
    trades = _rows(connection, "from market.trades_5s")
    for row in trades:
        row["bucket_end_ns"] = _ns(row.pop("bucket_end"))
    states = {
        level_id: {key[0]: row for key, row in expected.states(seen, rows).items()}
        for level_id, rows in levels.items()
    }
    touched = {
        level_id: {key[0] for key in expected.touched(seen, levels, trades, level_id)}
        for level_id in levels
    }
    return states, touched  # type: ignore[return-value]


@pytest.fixture(scope="module")
def answer(demonstrated: Shown) -> Callable[[str], Rows]:
    def ask(question: str) -> Rows:
        place = "--warehouse", demonstrated.warehouse
        result = demonstrated.shell.inside("query", *place, ASKED[question], "--format", "json")
        assert (result.returncode, result.stderr) == (0, "")
        rows: Rows = json.loads(result.stdout)
        return rows

    return ask


def test_the_demo_asks_what_the_text_asks_first() -> None:
    assert {q: ASKED[q].strip() for q in (RISING, STRONGEST, EVOLVING)} == {
        q: dedent(sql).strip() for q, sql in QUESTIONS.items()
    }


@pytest.mark.parametrize("sql", blocks(READING, "sql"), ids=range(len(blocks(READING, "sql"))))
def test_every_question_of_the_text_has_an_answer(connection: duck.Connection, sql: str) -> None:
    assert _rows(connection, sql)


def test_every_state_of_the_session_is_what_the_reference_derives(
    connection: duck.Connection, derived: tuple[States, object]
) -> None:
    """Over longer than any window that a state looks back on."""
    for level_id, wanted in derived[0].items():
        query = f"from pressure.states_5s where level_id = '{level_id}'"
        found = {(_ns(row["bucket_end"]),): row for row in _rows(connection, query)}
        assert len(found) > 5 * 60 // 5
        agree("states_5s", found, {(end_ns,): row for end_ns, row in wanted.items()})


def test_which_side_pulls_when_price_rises_to_the_level(
    answer: Callable[[str], Rows], derived: tuple[States, object]
) -> None:
    found: dict[str, list[float]] = {}
    for row in derived[0]["PM_HIGH"].values():
        near = row["dist_ticks"] is not None and abs(row["dist_ticks"]) <= 8
        if near and (row["dist_ticks_d1"] or 0) > 0 and row["net"] is not None:
            asks = row["ask_above_drain"] > row["bid_below_drain"]
            found.setdefault("asks above" if asks else "bids below", []).append(row["net"])
    assert len(found) == 2
    assert answer(RISING) == [
        {
            "pulled_faster": side,
            "n_buckets": len(nets),
            "mean_net": pytest.approx(sum(nets) / len(nets), abs=6e-4),
        }
        for side, nets in sorted(found.items())
    ]


def test_the_strongest_vacuum(
    answer: Callable[[str], Rows], derived: tuple[States, object]
) -> None:
    rows = [
        (-row["vacuum"], end_ns, level_id, row["net"], row["dist_ticks"])
        for level_id, states in derived[0].items()
        for end_ns, row in states.items()
        if row["vacuum"] is not None
    ]
    # equal but for rounding, so that ties may come in another order
    strongest = sorted(rows)[:10]
    found = answer(STRONGEST)
    assert [row["vacuum"] for row in found] == pytest.approx([-row[0] for row in strongest])
    by_place = {(row[1], row[2]): row for row in rows}
    for row in found:
        vacuum, _, _, net, dist = by_place[_told(row["bucket_end"]), row["level_id"]]
        assert (row["vacuum"], row["net"]) == pytest.approx((-vacuum, net))
        assert row["dist_ticks"] == dist


def test_how_asks_evolve_before_each_touch(
    answer: Callable[[str], Rows], derived: tuple[States, dict[str, set[int]]]
) -> None:
    states, touched = derived
    wanted = {
        (end_ns, level_id, seconds): states[level_id].get(end_ns - seconds * 10**9)
        for level_id, ends in touched.items()
        for end_ns in ends
        for seconds in range(0, 61, 5)
    }
    wanted = {key: row for key, row in wanted.items() if row is not None}
    found = {
        (_told(row["touched"]), row["level_id"], row["seconds_before"]): row
        for row in answer(EVOLVING)
    }
    assert len(touched["PM_LOW"]) > 1
    assert found.keys() == wanted.keys()
    for key, row in found.items():
        for name in ("ask_above_higher", "ask_above_drain"):
            assert row[name] == pytest.approx(wanted[key][name]), (key, name)  # type: ignore[index]


def _rows(connection: duck.Connection, query: str) -> Rows:
    result = connection.execute(query)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _ns(at: datetime) -> int:
    return to_ns(at.replace(tzinfo=UTC))


def _told(text: str) -> int:
    return _ns(datetime.fromisoformat(text).replace(tzinfo=None))
