"""The end of a capture: files as the vendor sells them, and the session they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from databento import DBNStore

from first_use import Used
from live.conftest import Desk, by_schema
from live.gateway import Gateway
from live.plan import Action
from live.tape import Tape, load, read
from live.worlds import FUTURE, OPTION, OPTIONS, definitions
from spymaster import operations
from spymaster.errors import DataError
from spymaster.live.seal import seal, split
from spymaster.live.subscriptions import of_session
from spymaster.settings import Settings
from spymaster.units import overnight_open_ns
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout

INVENTED = date(2024, 1, 9)
SIMULATED = date(2024, 3, 5)


def schemas(desk: Desk) -> list[str]:
    return [one.schema for one in desk.subscriptions]


def test_each_schema_is_a_file_and_options_are_apart(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "torn_fin", 1_000), Action(1, "rst", 900)]))
    files = split(desk.folder, schemas(desk), INVENTED)
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
    parts = [read(path) for path in split(desk.folder, schemas(desk), INVENTED)]
    found = np.concatenate([part.records for part in parts if part.schema == "definition"])
    expected = definitions()
    assert (expected["ts_recv"] < overnight_open_ns(INVENTED)).all()
    expected["ts_recv"] = overnight_open_ns(INVENTED)
    assert found.tobytes() == expected.tobytes()


def test_the_same_capture_gives_the_same_bytes(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "fin", 2_000)]))
    first = {path: path.read_bytes() for path in split(desk.folder, schemas(desk), INVENTED)}
    again = {path: path.read_bytes() for path in split(desk.folder, schemas(desk), INVENTED)}
    assert first == again


def test_the_headers_say_from_when_until_when(desk: Desk, tape: Tape) -> None:
    """The end is what the gateway's clock showed last, here on a heartbeat."""
    desk.capture(Gateway(tape))
    for path in split(desk.folder, schemas(desk), INVENTED):
        store = DBNStore.from_file(path)
        header = store.metadata
        store.reader.close()
        assert header.start == overnight_open_ns(INVENTED)
        assert header.end == int(tape.due_ns[-1]) + 5 * 10**9 + 1


def test_nothing_captured_is_said(desk: Desk) -> None:
    desk.folder.mkdir()
    with pytest.raises(DataError, match="nothing was captured"):
        split(desk.folder, schemas(desk), INVENTED)


def test_a_sealed_session_is_the_one_of_the_vendors_files(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """Asked for as the program asks, started late, cut four times after the snapshot."""
    files = sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst"))
    tape = load(files)
    desk.subscriptions = of_session(SIMULATED, "ES", [OPTION], now_ns=int(tape.due_ns[-1]))
    kinds = ("fin", "torn", "torn_fin", "error_fin")
    plan = [Action(n, kind, 6_000 - 1_000 * n) for n, kind in enumerate(kinds)]
    desk.capture(Gateway(tape, plan=plan, late=len(tape) // 3))
    assert desk.joined() == by_schema(tape)

    settings = replace(simulated, warehouse=used(tmp_path / "warehouse"))
    landings = seal(desk.folder, schemas(desk), SIMULATED, settings)
    assert {one.outcome for one in landings} == {"landed"}
    again = seal(desk.folder, schemas(desk), SIMULATED, settings)
    assert {one.outcome for one in again} == {"already landed"}
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
