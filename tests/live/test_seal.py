"""The end of a capture: files as the vendor sells them, and the session they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from databento import DBNStore

from first_use import Used
from land.files import DAY_NS, HOUR_NS, write
from live.conftest import Desk, at_most, by_schema
from live.gateway import Gateway
from live.plan import Action
from live.tape import Part, Tape, joined, load, read
from live.worlds import CLASSES, FUTURE, OPTION, OPTIONS, definitions, next_day, small
from spymaster import operations
from spymaster.errors import DataError
from spymaster.land import land
from spymaster.live.seal import seal, split
from spymaster.live.subscriptions import of_session
from spymaster.settings import Settings
from spymaster.units import overnight_open_ns
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout

INVENTED, NEXT = date(2024, 1, 9), date(2024, 1, 10)
SIMULATED = date(2024, 3, 5)
MIDNIGHT_NS = DAY_NS + 24 * HOUR_NS
OF = {"mbo": 17_077, "statistics": 20_002, "status": 17_077, "bbo-1s": 17_080, "tbbo": 20_001}
"""An instrument of each schema."""
NOTHING = Layout(Path("a warehouse in which nothing has landed"))


def schemas(desk: Desk) -> list[str]:
    return [one.schema for one in desk.subscriptions]


def test_a_full_disk_is_said_and_done_again_it_is_sealed(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape))
    full = f"{desk.folder}/sealed: cannot be written: .*File too large"
    with at_most(1_000), pytest.raises(DataError, match=full):
        split(desk.folder, schemas(desk), INVENTED, NOTHING)
    files = split(desk.folder, schemas(desk), INVENTED, NOTHING)
    assert sum(len(read(path).records) for path in files) == len(tape)


def test_each_schema_is_a_file_and_options_are_apart(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "torn_fin", 1_000), Action(1, "rst", 900)]))
    files = split(desk.folder, schemas(desk), INVENTED, NOTHING)
    assert [path.name for path in files] == [
        "glbx-mdp3-20240109.futures.bbo-1s.dbn.zst",
        "glbx-mdp3-20240109.futures.definition.dbn.zst",
        "glbx-mdp3-20240109.futures.mbo.dbn.zst",
        "glbx-mdp3-20240109.futures.statistics.dbn.zst",
        "glbx-mdp3-20240109.futures.status.dbn.zst",
        "glbx-mdp3-20240109.options.bbo-1s.dbn.zst",
        "glbx-mdp3-20240109.options.definition.dbn.zst",
        "glbx-mdp3-20240109.options.statistics.dbn.zst",
        "glbx-mdp3-20240109.options.tbbo.dbn.zst",
    ]
    for path in files:
        part = read(path)
        is_option = np.isin(tape.instrument_id, list(OPTIONS.values()))
        own = tape.of_schema(part.schema) & (is_option == ("options" in path.name))
        if part.schema != "definition":
            assert part.records.tobytes() == tape.select(own).data.tobytes()
        assert part.symbols == tape.parents[OPTION if "options" in path.name else FUTURE]


def test_definitions_of_the_week_are_in_force_when_the_session_opens(
    desk: Desk, tape: Tape
) -> None:
    """A session reads nothing of earlier dates; the vendor's days restate what is in force."""
    desk.capture(Gateway(tape))
    parts = [read(path) for path in split(desk.folder, schemas(desk), INVENTED, NOTHING)]
    found = np.concatenate([part.records for part in parts if part.schema == "definition"])
    expected = definitions()
    assert (expected["ts_recv"] < overnight_open_ns(INVENTED)).all()
    expected["ts_recv"] = overnight_open_ns(INVENTED)
    assert found.tobytes() == expected.tobytes()


def test_the_same_capture_gives_the_same_bytes(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "fin", 2_000)]))
    first = {
        path: path.read_bytes() for path in split(desk.folder, schemas(desk), INVENTED, NOTHING)
    }
    again = {
        path: path.read_bytes() for path in split(desk.folder, schemas(desk), INVENTED, NOTHING)
    }
    assert first == again


def test_the_headers_say_from_when_until_when(desk: Desk, tape: Tape) -> None:
    """The end is what the gateway's clock showed last, here on a heartbeat."""
    desk.capture(Gateway(tape))
    for path in split(desk.folder, schemas(desk), INVENTED, NOTHING):
        store = DBNStore.from_file(path)
        header = store.metadata
        store.reader.close()
        assert header.start == overnight_open_ns(INVENTED)
        assert header.end == int(tape.due_ns[-1]) + 5 * 10**9 + 1


def test_nothing_captured_is_said(desk: Desk) -> None:
    desk.folder.mkdir()
    with pytest.raises(DataError, match="nothing was captured"):
        split(desk.folder, schemas(desk), INVENTED, NOTHING)


@pytest.mark.thorough
def test_the_evening_goes_on_where_the_day_ended(desk: Desk, tape: Tape, tmp_path: Path) -> None:
    """The second of two sessions begins on a UTC date of which the first one has the day."""
    settings = Settings(tmp_path / "warehouse")
    desk.capture(Gateway(tape))
    landings = seal(desk.folder, schemas(desk), INVENTED, settings)
    assert {one.outcome for one in landings} == {"landed"}
    next_desk, parts = replace(desk, folder=tmp_path / "next"), next_day()
    next_desk.capture(Gateway(joined(parts)))
    landings = seal(next_desk.folder, schemas(desk), NEXT, settings)
    assert {one.outcome for one in landings} == {"landed"}
    assert seal(next_desk.folder, schemas(desk), NEXT, settings) == []
    for part in parts:
        if part.schema != "definition":  # of the week, as of each session's open
            restated = part.schema == "statistics"
            before = [] if restated else times(small(), part.schema)
            expected = before + times(parts, part.schema)
            assert landed_times(settings, part.schema) == expected


@pytest.mark.parametrize("bought", [INVENTED, NEXT])
def test_what_was_bought_meanwhile_is_not_landed_again(
    desk: Desk, tmp_path: Path, bought: date
) -> None:
    """The vendor's file of one of a capture's two dates lands before the capture ends."""
    settings = Settings(tmp_path / "warehouse")
    (orders,) = (part.records for part in next_day() if part.schema == "mbo")
    is_early = orders["ts_recv"] < MIDNIGHT_NS
    dates = {INVENTED: orders[is_early], NEXT: orders[~is_early]}
    assert land([write(tmp_path / "bought.dbn", dates[bought])], settings)[0].outcome == "landed"
    desk.capture(Gateway(joined(next_day())))
    landings = seal(desk.folder, schemas(desk), NEXT, settings)
    assert {one.outcome for one in landings} == {"landed"}
    for day, expected in dates.items():
        assert landed_times(settings, "mbo", day) == expected["ts_recv"].tolist()


def times(parts: list[Part], schema: str) -> list[int]:
    """Return when an instrument's records of the first date were received."""
    (records,) = (part.records for part in parts if part.schema == schema)
    own = records["ts_recv"][records["instrument_id"] == OF[schema]].tolist()
    return [ns for ns in own if DAY_NS <= ns < MIDNIGHT_NS]


def landed_times(settings: Settings, schema: str, day: date = INVENTED) -> list[int]:
    """Return when an instrument's records of a date were received, by their numbers."""
    folder = settings.warehouse / f"raw/{schema}/date={day}"
    with duck.in_memory(folder) as connection:
        rows = connection.execute(
            f"select ts_recv from '{folder}/*.parquet' where instrument_id = {OF[schema]}"
            " order by row_no"
        ).fetchall()
    return [ns for (ns,) in rows]


@pytest.mark.thorough
def test_a_sealed_session_is_the_one_of_the_vendors_files(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """Asked for as the program asks, started late, cut four times after the snapshot."""
    files = sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst"))
    tape = load(files)
    desk.subscriptions = of_session(SIMULATED, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    kinds = ("fin", "torn", "torn_fin", "error_fin")
    plan = [Action(n, kind, 6_000 - 1_000 * n) for n, kind in enumerate(kinds)]
    desk.capture(Gateway(tape, plan=plan, late=len(tape) // 3))
    assert desk.joined() == by_schema(tape)

    settings = replace(simulated, warehouse=used(tmp_path / "warehouse"))
    landings = seal(desk.folder, schemas(desk), SIMULATED, settings)
    assert {one.outcome for one in landings} == {"landed"}
    again = seal(desk.folder, schemas(desk), SIMULATED, settings)
    assert again == []
    assert operations.run(settings).failures == []
    assert differing(simulated.warehouse, settings.warehouse, tmp_path) == []


def differing(one: Path, other: Path, spill: Path) -> list[str]:
    """Return which published relations differ, but for where their rows came from."""
    found = []
    with duck.in_memory(spill) as connection:
        for name, warehouse in (("one", one), ("other", other)):
            connection.execute(f"attach '{Layout(warehouse).link}' as {name} (read_only)")
        relations = connection.execute(
            "select schema_name || '.' || view_name from duckdb_views()"
            " where database_name = 'one' and not internal"
            " and schema_name not in ('raw', 'staging', 'main')"
            " and schema_name || '.' || view_name <> 'book.changes'"  # was not kept
        ).fetchall()
        for (relation,) in relations:
            kept = "select columns(name -> name not in ('file_id', 'row_no'))"
            left, right = (f"({kept} from {name}.{relation})" for name in ("one", "other"))
            rows = connection.execute(
                f"select count(*) from ({left} except all {right}"
                f" union all ({right} except all {left}))"
            ).fetchone()
            found += [f"{relation}: {rows[0]}"] if rows != (0,) else []
        assert len(relations) > 30
    return found
