"""The sessions of a warehouse: which there are, what is asked wrongly, and what is built anew."""

import asyncio
import io
import json
import shutil
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from spymaster import operations
from spymaster.errors import UsageError
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.stream import arrow, library
from spymaster.stream.history import ALLOWED, history
from spymaster.stream.library import Shelf
from stream.serving import events, serving, until
from texts import ROOT

SESSION = date(2024, 3, 5)
HISTORY = ROOT / "frontend/src/contract/history.arrow.json"


def test_a_warehouse_lists_its_sessions(simulated):
    assert Shelf(simulated).listed() == [{"session": "2024-03-05", "mode": "replay"}]


def test_a_session_that_is_not_there_is_named(simulated):
    with pytest.raises(
        UsageError, match=r"^session 2024-03-06: not in .* 2024-03-05 to 2024-03-05"
    ):
        Shelf(simulated, date(2024, 3, 6))
    for asked in ("2024-03-06", "yesterday", "2024-13-01"):
        with pytest.raises(UsageError, match=f"^session {asked}: not in the warehouse"):
            asyncio.run(Shelf(simulated).show(asked))


def test_without_a_catalog_there_is_nothing_to_serve(tmp_path):
    with pytest.raises(UsageError, match="no catalog yet"):
        Shelf(Settings(tmp_path))


def test_without_a_session_there_is_nothing_to_serve(tmp_path, used):
    settings = Settings(used(tmp_path / "warehouse"))
    operations.publish(settings)
    with pytest.raises(UsageError, match="not in the warehouse; there is none with levels"):
        Shelf(settings)


def test_history_is_the_relation_itself(simulated):
    with pa.ipc.open_stream(io.BytesIO(history(simulated, SESSION, "states_5s"))) as stream:
        told = stream.read_all()
    with catalog(simulated) as connection:
        exact = connection.sql("from pressure.states_5s").to_arrow_table()
    assert told.num_rows == 120
    assert told.select(["bucket_end", "net", "code"]).equals(
        exact.select(["bucket_end", "net", "code"])
    )


@pytest.mark.parametrize("relation", ALLOWED)
def test_history_has_the_schema_that_is_committed(simulated, relation):
    with pa.ipc.open_stream(io.BytesIO(history(simulated, SESSION, relation))) as stream:
        given = [(field.name, str(field.type)) for field in stream.schema]
    committed = json.loads(HISTORY.read_text(encoding="utf-8"))[relation]
    assert given == [(field["name"], field["type"]) for field in committed]
    assert HISTORY.read_text(encoding="utf-8") == arrow.text()


def test_history_of_another_relation_is_refused(simulated):
    for asked in ("mbo", "pressure.states_5s", "states_5s; select 1", ""):
        with pytest.raises(UsageError, match="allowed are states_5s, ladder_5s"):
            history(simulated, SESSION, asked)


@pytest.mark.thorough
def test_a_session_built_anew_resets_its_listeners(simulated, tmp_path, monkeypatch):
    monkeypatch.setattr(library, "LOOK_S", 0.05)
    shutil.copytree(simulated.warehouse, tmp_path / "warehouse", symlinks=True)
    settings = replace(simulated, warehouse=tmp_path / "warehouse")
    operations.publish(settings)

    async def listen():
        shelf = Shelf(settings)
        old = (await shelf.show(None)).build
        async with serving(shelf) as (client, _):
            async with client.get("/api/stream?from=30&speed=0") as response:
                heard = events(response)
                first = [await anext(heard) for _ in range(2)]
                anew = replace(settings, levels=("PM_HIGH", "OPEN"))
                await asyncio.to_thread(operations.run, anew, change_settings=True)
                rest = []
                async for event in heard:
                    rest += [event] if event[0] != "heartbeat" else []
                    if event[0] == "snapshot":
                        break
            hello = await (await client.get("/api/hello")).json()
        return old, [kind for kind, *_ in first], rest, hello["build"]

    old, first, rest, build = asyncio.run(listen())
    assert first[0] == "hello"
    (_, _, reset), (_, place, snapshot) = rest[-2:]
    assert json.loads(reset) == {
        "type": "reset",
        "session": "2024-03-05",
        "old_build": old,
        "new_build": build,
    }
    assert old != build
    assert place == f"2024-03-05/{build}/30"
    assert {level["level_id"] for level in json.loads(snapshot)["buckets"][-1]["levels"]} == {
        "PM_HIGH",
        "OPEN",
    }


def test_a_publication_that_builds_nothing_new_resets_nobody(simulated, tmp_path, monkeypatch):
    monkeypatch.setattr(library, "LOOK_S", 0.05)
    shutil.copytree(simulated.warehouse, tmp_path / "warehouse", symlinks=True)
    settings = replace(simulated, warehouse=tmp_path / "warehouse")
    operations.publish(settings)

    async def listen():
        shelf = Shelf(settings)
        async with (
            serving(shelf) as (client, _),
            client.get("/api/stream?from=118&speed=10") as response,
        ):
            await asyncio.to_thread(operations.publish, settings)
            return await until(response, "end")

    kinds = [kind for kind, *_ in asyncio.run(listen())]
    assert kinds[:2] == ["hello", "snapshot"]
    assert kinds.count("bucket") == 2
    assert "reset" not in kinds
