"""Which of the files that landed on a session's dates it reads."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import databento_dbn
import numpy as np
import pytest

from land.files import DAY_NS, HOUR_NS, INSTRUMENT, orders, write
from spymaster import operations
from spymaster.definitions import loading
from spymaster.land import land
from spymaster.land.dbn import Records, new_records, write_dbn
from spymaster.planning import contracts, coverage
from spymaster.planning.sessions import Landed
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

FIRST, SECOND = date(2024, 1, 9), date(2024, 1, 10)
LIMIT = slice(42, 50)
"""Where a header says how many records were asked for."""


def test_an_evening_is_of_the_next_session_and_a_day_of_its_own(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """What ended before the overnight open says nothing of the book after it. The afternoon after
    the window belongs to the day's bars."""
    day = write(tmp_path / "day.dbn", orders(9, start_ns=DAY_NS + 15 * HOUR_NS))
    afternoon = write(tmp_path / "later.dbn", orders(9, start_ns=DAY_NS + 19 * HOUR_NS))
    over_night = orders(18, start_ns=DAY_NS + 23 * HOUR_NS, step_ns=HOUR_NS)
    evening = write(tmp_path / "evening.dbn", over_night)
    land([day, afternoon, evening], settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert landed.sessions == (FIRST, SECOND)
    assert read(landed, "raw.mbo", FIRST) == [
        ("2024-01-09", str(day)),
        ("2024-01-09", str(afternoon)),
    ]
    assert read(landed, "raw.mbo", SECOND) == [
        ("2024-01-09", str(evening)),
        ("2024-01-10", str(evening)),
    ]


@pytest.mark.parametrize(("limit", "until_hours"), [(9, 15), (10, 24)])
def test_a_file_of_the_first_records_alone_tells_nothing_after_them(
    settings: Settings, layout: Layout, tmp_path: Path, limit: int, until_hours: int
) -> None:
    """Its header says until when more was looked for, which did not come."""
    path = write(tmp_path / "first.dbn", orders(9, start_ns=DAY_NS + 15 * HOUR_NS))
    content = bytearray(path.read_bytes())
    content[LIMIT] = limit.to_bytes(8, "little")
    path.write_bytes(content)
    assert land([path], settings)[0].outcome == "landed"
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    until_ns = coverage.of(landed, FIRST).until_ns
    assert until_ns is not None
    assert (until_ns - DAY_NS) // HOUR_NS == until_hours


def test_a_settlement_of_the_day_before_is_read_though_it_ended(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    settled = new_records("statistics", 1)
    settled["ts_recv"] = settled["ts_event"] = DAY_NS + 21 * HOUR_NS
    after = write(tmp_path / "settled.dbn", settled, "statistics")
    shown = [
        write(tmp_path / f"{n}.dbn", orders(9, start_ns=DAY_NS + (15 + 24 * n) * HOUR_NS))
        for n in range(2)
    ]
    land([after, *shown], settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert read(landed, "raw.statistics", FIRST) == []
    assert read(landed, "raw.statistics", SECOND) == [("2024-01-09", str(after))]


@pytest.mark.parametrize(
    ("hours", "known_hours"),
    [
        ([(0, 15), (15, 18)], (0, 18)),
        ([(0, 15), (16, 18)], (0, 15)),
        ([(0, 16), (15, 18), (19, 20)], (0, 18)),
        ([(0, 18), (14, 15), (16, 19)], (0, 19)),
        ([(0, 3), (14, 16)], (14, 16)),
        ([(0, 3), (15, 16), (17, 18)], (15, 16)),
    ],
)
def test_a_hole_between_files_ends_the_window_and_none_before_it(
    settings: Settings,
    layout: Layout,
    tmp_path: Path,
    hours: list[tuple[int, int]],
    known_hours: tuple[int, int],
) -> None:
    """The window is from 14:30 to 17:30 UTC; what two files both say they hold is no hole."""
    for n, (first, last) in enumerate(hours):
        piece(settings, tmp_path / f"{n}.dbn", first, last)
    found = coverage.of(known(settings, layout), FIRST)
    assert (found.from_ns, found.until_ns) == tuple(DAY_NS + hour * HOUR_NS for hour in known_hours)
    last_hole = DAY_NS + 3 * HOUR_NS if known_hours[0] else 0
    assert found.last_hole_ns == last_hole


@pytest.mark.parametrize(
    ("front", "sibling", "until"),
    [
        ([(14, 15)], [(14, 18)], 15),
        ([(14, 18)], [(14, 15)], 18),
        ([(14, 15), (16, 18)], [(14, 18)], 15),
    ],
)
def test_the_files_of_another_contract_say_nothing_of_the_session_s(
    settings: Settings,
    layout: Layout,
    tmp_path: Path,
    front: list[tuple[int, int]],
    sibling: list[tuple[int, int]],
    until: int,
) -> None:
    """It is the one that traded most; settings may name another."""
    for n, (first, last) in enumerate(front):
        piece(settings, tmp_path / f"front{n}.dbn", first, last, count=400)
    for n, (first, last) in enumerate(sibling):
        piece(settings, tmp_path / f"{n}.dbn", first, last, symbol="ESM4", instrument=2)
    assert until_hour(settings, layout) == until
    assert until_hour(replace(settings, instrument="ESM4"), layout) == sibling[-1][1]


def test_the_contract_is_the_one_that_traded_most_in_the_session_before(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    for day, counts in enumerate([(40, 400), (400, 40)]):
        for instrument, count in enumerate(counts, start=1):
            path, symbol = tmp_path / f"{day}.{instrument}.dbn", f"ES{' HM'[instrument]}4"
            hours = 24 * day + 14, 24 * day + 14 + instrument
            piece(settings, path, *hours, symbol=symbol, instrument=instrument, count=count)
    landed = known(settings, layout)
    found = [coverage.of(landed, session).until_ns for session in (FIRST, SECOND)]
    assert found == [DAY_NS + 16 * HOUR_NS, DAY_NS + 40 * HOUR_NS]


def test_what_files_said_of_the_contract_is_remembered_until_others_are_there(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    piece(settings, tmp_path / "front.dbn", 14, 15, count=400)
    piece(settings, tmp_path / "one.dbn", 14, 16, symbol="ESM4", instrument=2)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    said = recalled(landed, layout, {})
    assert [json.loads(choice) for choice in said.values()] == [[INSTRUMENT, None]]
    assert recalled(landed, layout, said) == {}
    assert recalled(landed, layout, dict.fromkeys(said, "[2, null]")) == {}
    assert landed.choices[FIRST].contract == 2
    piece(settings, tmp_path / "before.dbn", 14 - 4 * 24, 18 - 4 * 24)
    before = Landed(settings, tuple(Ledger(layout).partitions()))
    assert recalled(before, layout, said).keys() - said.keys()
    piece(settings, tmp_path / "other.dbn", 16, 18, symbol="ESM4", instrument=2)
    now = Landed(settings, tuple(Ledger(layout).partitions()))
    assert recalled(now, layout, said).keys() - said.keys()
    (layout.root / landed.partitions[0].file).unlink()
    assert recalled(landed, layout, {}) == {}


@pytest.mark.parametrize(
    ("symbol", "schema"), [("NQH4", "mbo"), ("ESH4 C5000", "trades")], ids=["root", "option"]
)
def test_a_lost_file_that_says_nothing_of_the_contract_is_not_asked(
    settings: Settings, layout: Layout, tmp_path: Path, symbol: str, schema: str
) -> None:
    """Of another root, or of options' trades: else no command would plan, nor any session build."""
    piece(settings, tmp_path / "front.dbn", 14, 15, count=400)
    piece(settings, tmp_path / "sibling.dbn", 14, 16, symbol="ESM4", instrument=2)
    piece(settings, tmp_path / "lost.dbn", 14, 18, symbol=symbol, instrument=3, schema=schema)
    for part in Ledger(layout).partitions():
        if 3 in part.instruments:
            (layout.root / part.file).unlink()
    assert until_hour(settings, layout) == 15


def test_a_session_of_a_file_that_cannot_be_asked_fails_and_others_go_on(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    for day, hour in enumerate((14, 38)):
        piece(settings, tmp_path / f"{day}.dbn", hour, hour + 1)
        called = {"symbol": "ESM4", "instrument": 2}
        piece(settings, tmp_path / f"{day}.other.dbn", hour, hour + 2, **called)
    parts = {
        part.date: part for part in Ledger(layout).partitions() if INSTRUMENT in part.instruments
    }
    damaged = layout.root / parts[SECOND].file
    whole = damaged.read_bytes()
    damaged.write_bytes(b"PAR1")
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    recalled(landed, layout, {})
    assert (list(landed.choices), list(landed.unread)) == ([FIRST], [SECOND])
    report = operations.run(settings, "market.fronts")
    (failure,) = report.failures
    assert failure.startswith(f"{SECOND} input: ")
    assert str(damaged) in failure
    assert {build.session for build in report.built} == {FIRST}
    damaged.write_bytes(whole)
    report = operations.run(settings, "market.fronts")
    assert (report.failures, {build.session for build in report.built}) == ([], {SECOND})


def test_quotes_of_the_root_come_before_orders_of_another(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    piece(settings, tmp_path / "other.dbn", 14, 18, symbol="NQH4", instrument=2)
    assert until_hour(settings, layout) == 18
    piece(settings, tmp_path / "quotes.dbn", 14, 15, schema="mbp-1")
    assert until_hour(settings, layout) == 15


def test_options_say_nothing_of_when_the_contract_ends(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    piece(settings, tmp_path / "o.dbn", 14, 16, symbol="ESH4 C5000", instrument=8, schema="mbp-1")
    found = coverage.of(known(settings, layout), FIRST)
    assert (found.from_ns, found.until_ns) == (None, None)
    assert found.options_until_ns == DAY_NS + 16 * HOUR_NS
    piece(settings, tmp_path / "nq.dbn", 14, 18, symbol="NQH4", instrument=2, schema="trades")
    assert until_hour(settings, layout) == 18


def test_a_file_says_nothing_of_a_date_on_which_another_took_its_place(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    asked = (DAY_NS + 23 * HOUR_NS, DAY_NS + 42 * HOUR_NS)
    piece(settings, tmp_path / "whole.dbn", 23, 42, count=19, step_ns=HOUR_NS)
    found = coverage.of(known(settings, layout), SECOND)
    assert (found.from_ns, found.until_ns) == asked
    piece(settings, tmp_path / "short.dbn", 24, 39, count=15, step_ns=HOUR_NS, replaces=True)
    found = coverage.of(known(settings, layout), SECOND)
    assert (found.from_ns, found.until_ns) == (asked[0], DAY_NS + 39 * HOUR_NS)


def test_options_end_with_the_quotes_of_the_root_s(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    piece(settings, tmp_path / "front.dbn", 14, 18)
    for number, (future, until) in enumerate([("ESH4", 15), ("NQH4", 17)], start=8):
        option = f"{future} C5000"
        called = {"symbol": option, "instrument": number}
        piece(settings, tmp_path / f"{future}.dbn", 14, until, schema="mbp-1", **called)
        defined = new_records("definition", 1)
        defined["ts_recv"] = defined["ts_event"] = DAY_NS
        defined["instrument_id"], defined["instrument_class"] = number, b"C"
        defined["raw_symbol"], defined["underlying"] = option, future
        defined["expiration"], defined["strike_price"] = DAY_NS + 21 * HOUR_NS, 5_000 * 10**9
        defined["underlying_id"], defined["user_defined_instrument"] = INSTRUMENT, b"N"
        land([write(tmp_path / f"{future}.def.dbn", defined, "definition")], settings)
    found = coverage.of(known(settings, layout), FIRST)
    assert found.options_until_ns == DAY_NS + 15 * HOUR_NS


def test_a_file_names_nothing_on_a_date_on_which_another_took_its_place(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """Its mappings of many dates lie in one file; a build reads those of the dates it is left."""
    other = INSTRUMENT + 1
    called = {"ESH4": [(-2, 1, INSTRUMENT)], "ESM4": [(0, 1, other)]}
    path, records = (
        tmp_path / "whole.dbn",
        np.concatenate([traded(hour, {INSTRUMENT: 1, other: 1}) for hour in (-25, -1, 14)]),
    )
    path.write_bytes(header(called) + records.tobytes())
    late = {"ESH4": [(0, 1, INSTRUMENT)], "NQM4": [(0, 1, other)]}
    again = tmp_path / "again.dbn"
    again.write_bytes(header(late, 0, 18) + traded(14, {INSTRUMENT: 1, other: 9}).tobytes())
    more = tmp_path / "more.dbn"
    only = {"ESH4": [(0, 1, INSTRUMENT)]}
    more.write_bytes(header(only, 18, 20) + traded(18, {INSTRUMENT: 1}).tobytes())
    for one in (path, again, more):
        assert land([one], settings, replace=one == again)[0].outcome == "landed"
    assert known(settings, layout).choices[FIRST].contract == INSTRUMENT


def traded(hour: int, lots: dict[int, int]) -> Records:
    """Return a trade of each instrument half an hour after an hour of the day."""
    records = orders(len(lots), start_ns=DAY_NS + hour * HOUR_NS + HOUR_NS // 2)
    records["instrument_id"], records["size"] = list(lots), list(lots.values())
    records["action"] = b"T"
    return records


def header(
    called: dict[str, list[tuple[int, int, int]]], first: int = -26, last: int = 18
) -> bytes:
    """Return the header of a file of some hours, whose symbols are numbers from day to day."""
    mappings: list[Any] = [
        SimpleNamespace(
            raw_symbol=symbol,
            intervals=[
                SimpleNamespace(
                    start_date=FIRST + timedelta(start),
                    end_date=FIRST + timedelta(end),
                    symbol=str(n),
                )
                for start, end, n in spans
            ],
        )
        for symbol, spans in called.items()
    ]
    return databento_dbn.Metadata(
        dataset="GLBX.MDP3",
        start=DAY_NS + first * HOUR_NS,
        end=DAY_NS + last * HOUR_NS,
        stype_in=databento_dbn.SType.RAW_SYMBOL,
        stype_out=databento_dbn.SType.INSTRUMENT_ID,
        schema=databento_dbn.Schema.MBO,
        symbols=list(called),
        partial=[],
        not_found=[],
        mappings=mappings,
        ts_out=False,
        version=3,
    ).encode()


def piece(
    settings: Settings,
    path: Path,
    first: int,
    last: int,
    *,
    symbol: str = "ESH4",
    instrument: int = INSTRUMENT,
    schema: str = "mbo",
    count: int = 40,
    step_ns: int = 1_000,
    replaces: bool = False,
) -> None:
    """Land a file of some hours, its first record half an hour after it begins."""
    start_ns, end_ns = (DAY_NS + hour * HOUR_NS for hour in (first, last))
    first_ns = start_ns + HOUR_NS // 2
    given = orders(count, start_ns=first_ns, step_ns=step_ns, instruments=(instrument,))
    records = new_records(schema, count)
    for name in set(records.dtype.names) & set(given.dtype.names) - {"rtype", "length"}:
        records[name] = given[name]
    asked = {"start_ns": start_ns, "end_ns": end_ns}
    write_dbn(path, schema, records, symbols={symbol: instrument}, **asked)
    assert land([path], settings, replace=replaces)[0].outcome == "landed"


def known(settings: Settings, layout: Layout) -> Landed:
    """Return what landed, and the contract where that matters."""
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    recalled(landed, layout, {})
    return landed


def recalled(landed: Landed, layout: Layout, remembered: dict[str, str]) -> dict[str, str]:
    """Return what files said of contracts that is not remembered, by the project's models."""
    project = loading.load(landed.settings, SQL, {})
    found = contracts.recall(project, landed, layout, remembered)
    return {key: said for key, said in found.items() if key != project.bound}


def until_hour(settings: Settings, layout: Layout) -> float:
    """Return the hour until which the first session's contract landed."""
    until_ns = coverage.of(known(settings, layout), FIRST).until_ns
    assert until_ns is not None
    return (until_ns - DAY_NS) / HOUR_NS


def read(landed: Landed, relation: str, session: date) -> list[tuple[str, str]]:
    return [(str(part.date), part.source) for part in landed.files(relation, session)]
