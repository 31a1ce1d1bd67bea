"""The sessions of a warehouse: which there are, what is asked wrongly, and what is built anew."""

import asyncio
import io
import json
import shutil
import threading
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from spymaster import operations
from spymaster.errors import DataError, SpymasterError, UsageError
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.stream import arrow, desk, library, loading
from spymaster.stream.desk import Desk
from spymaster.stream.history import ALLOWED, history
from spymaster.stream.library import AT_ONCE, KEPT, Shelf
from spymaster.stream.recording import Recording
from spymaster.warehouse.layout import Layout
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
    with pytest.raises(UsageError, match="no session with levels is built; run the models first"):
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
                first = [await anext(heard)]
                while first[-1][0] != "snapshot":  # heartbeats come while it is made
                    first.append(await anext(heard))
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


@pytest.fixture
def own(simulated, tmp_path):
    """A published copy of the session that a test may change."""
    shutil.copytree(simulated.warehouse, tmp_path / "warehouse", symlinks=True)
    settings = replace(simulated, warehouse=tmp_path / "warehouse")
    operations.publish(settings)
    return settings


def publish_anew(settings):
    """Point readers at another catalog, as a build does; it says the same."""
    link = Layout(settings.warehouse).link
    before = link.resolve()
    after = before.with_stem(f"{before.stem}1")
    for suffix in (".duckdb", ".json"):
        shutil.copy(before.with_suffix(suffix), after.with_suffix(suffix))
    fresh = link.with_name("fresh")
    fresh.symlink_to(after)
    fresh.replace(link)


@pytest.fixture
def names(monkeypatch):
    """Names of the builds, the last one published: what is read stays the same."""
    found, sessions = ["aaaaaaaa"], loading.sessions
    monkeypatch.setattr(
        loading, "sessions", lambda settings: dict.fromkeys(sessions(settings), found[-1])
    )
    return found


@pytest.mark.parametrize("is_noticed", [True, False])
def test_what_is_built_anew_while_it_is_read_is_read_again(own, names, monkeypatch, is_noticed):
    """Whether or not it was noticed before the end: the rows may be of either build."""
    reading, go, load = threading.Event(), threading.Event(), loading.load

    def held(*args):
        reading.set()
        assert go.wait(10)
        return load(*args)

    monkeypatch.setattr(loading, "load", held)

    async def scenario():
        shelf = Shelf(own)
        asked = asyncio.create_task(shelf.show(None))
        while not reading.is_set():
            await asyncio.sleep(0.01)
        names.append("bbbbbbbb")
        publish_anew(own)
        if is_noticed:
            await shelf.look()
        go.set()
        return await asked

    assert asyncio.run(scenario()).build == "bbbbbbbb"


def test_who_plays_a_session_is_told_whoever_has_it_read_anew(own, names, monkeypatch):
    """Also where it could not be read when the catalog was published."""
    load = loading.load

    def broken(*args):
        raise DataError("not now")

    async def scenario():
        shelf = Shelf(own)
        old = await shelf.show(None)
        names.append("bbbbbbbb")
        publish_anew(own)
        monkeypatch.setattr(loading, "load", broken)
        with pytest.raises(SpymasterError, match="not now"):
            await shelf.look()
        assert not old.retired.is_set()
        monkeypatch.setattr(loading, "load", load)
        return old, await shelf.show(None)

    old, new = asyncio.run(scenario())
    assert (old.retired.is_set(), new.retired.is_set(), new.build) == (True, False, "bbbbbbbb")


def test_what_could_not_be_read_anew_is_read_the_next_time(own, names, monkeypatch):
    load, tried = loading.load, []

    def first_broken(*args):
        tried.append(args)
        if len(tried) == 2:
            raise DataError("not now")
        return load(*args)

    monkeypatch.setattr(loading, "load", first_broken)

    async def scenario():
        shelf = Shelf(own)
        old = await shelf.show(None)
        names.append("bbbbbbbb")
        publish_anew(own)
        with pytest.raises(SpymasterError):
            await shelf.look()
        await shelf.look()
        return old.retired.is_set()

    assert asyncio.run(scenario())


@pytest.mark.parametrize("kind", [Shelf, Desk])
def test_a_server_outlives_a_catalog_that_is_gone_for_a_while(
    own, names, monkeypatch, capsys, kind
):
    """It plays on what it has, says once what is wrong, and takes the next catalog."""
    monkeypatch.setattr(library, "LOOK_S", 0.01)
    monkeypatch.setattr(desk, "LOOK_S", 0.01)
    looked, published = [], Shelf._published
    monkeypatch.setattr(Shelf, "_published", lambda self: looked.append(1) or published(self))
    link, away = Layout(own.warehouse).link, own.warehouse / "away"

    async def looks(count):
        wanted = len(looked) + count
        while len(looked) < wanted:
            await asyncio.sleep(0.01)

    async def scenario():
        async with serving(kind(own)) as (client, _):
            await looks(1)
            async with client.get("/api/stream?session=2024-03-05&speed=0") as response:
                await until(response, "snapshot")
                link.rename(away)
                await looks(5)
                async with client.get("/api/hello?session=2024-03-05") as answer:
                    assert (answer.status, (await answer.json())["build"]) == (200, "aaaaaaaa")
                away.rename(link)
                await looks(2)
                names.append("bbbbbbbb")
                publish_anew(own)
                return [kind for kind, *_ in await until(response, "reset")]

    assert asyncio.run(asyncio.wait_for(scenario(), 30)) == ["hello", "reset"]
    assert capsys.readouterr().err.count("no catalog yet") == 1


@pytest.mark.parametrize("asked", ["hello", "history?relation=states_5s"])
@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ("models/pressure.states_5s/*/*.parquet", "No files found"),
        ("spymaster.duckdb", "no catalog yet"),
    ],
)
def test_what_is_gone_is_said_and_may_be_asked_for_again(own, asked, gone, why):
    async def scenario():
        async with serving(Shelf(own)) as (client, _):
            for path in own.warehouse.glob(gone):
                path.unlink()
            async with client.get(f"/api/{asked}") as answer:
                return answer.status, (await answer.json())["error"]

    status, said = asyncio.run(scenario())
    assert status == 503
    assert why in said


def test_the_last_sessions_that_were_asked_for_stay_however_often(own, monkeypatch):
    days = [date(2024, 3, 5 + n) for n in range(KEPT)]
    loaded = []

    def load(settings, day, build):
        loaded.append(day)
        return Recording(day.isoformat(), build, None, {}, {}, None, None, touched=[])

    monkeypatch.setattr(
        loading, "sessions", lambda settings: {day: f"{day:%m%d%m%d}" for day in days}
    )
    monkeypatch.setattr(loading, "load", load)

    async def scenario():
        shelf = Shelf(own)
        for day in (*days, *[days[-1]] * KEPT, *days):
            await shelf.show(day.isoformat())

    asyncio.run(scenario())
    assert loaded == days


@pytest.fixture
def two(own, monkeypatch):
    """A shelf of two sessions, each read once its own sign is set."""
    days = [date(2024, 3, 5), date(2024, 3, 6)]
    signs = {day: threading.Event() for day in days}

    def load(settings, day, build):
        assert signs[day].wait(20)
        return Recording(day.isoformat(), build, None, {}, {}, None, None, touched=[])

    monkeypatch.setattr(loading, "sessions", lambda settings: dict.fromkeys(days, "aaaaaaaa"))
    monkeypatch.setattr(loading, "load", load)
    return Shelf(own), {day.isoformat(): sign for day, sign in signs.items()}


@pytest.mark.parametrize("is_in_memory", [True, False])
def test_nobody_waits_while_another_session_is_read(two, is_in_memory):
    shelf, signs = two
    cold, other = signs

    async def scenario():
        signs[other].set()
        if is_in_memory:
            await shelf.show(other)
        reading = asyncio.create_task(shelf.show(cold))
        await asyncio.sleep(0)
        found = await asyncio.wait_for(shelf.show(other), 10)
        is_read = reading.done()
        signs[cold].set()
        return found.session, is_read, (await reading).session

    assert asyncio.run(scenario()) == (other, False, cold)


def test_a_session_is_read_once_for_all_who_ask_meanwhile(two):
    shelf, signs = two

    async def scenario():
        asked = [asyncio.create_task(shelf.show("2024-03-05")) for _ in range(3)]
        await asyncio.sleep(0)
        signs["2024-03-05"].set()
        return {id(one) for one in await asyncio.gather(*asked)}

    assert len(asyncio.run(scenario())) == 1


def test_one_that_cannot_be_read_anew_keeps_no_other_from_it(two, monkeypatch):
    shelf, signs = two
    broken = next(iter(signs))

    async def scenario():
        for sign in signs.values():
            sign.set()
        old = [await shelf.show(session) for session in signs]
        load = loading.load

        def first_broken(settings, day, build):
            if day.isoformat() == broken:
                raise DataError("not now")
            return load(settings, day, build)

        monkeypatch.setattr(loading, "load", first_broken)
        monkeypatch.setattr(shelf, "_builds", dict.fromkeys(shelf._builds, "bbbbbbbb"))
        with pytest.raises(SpymasterError, match="not now"):
            await shelf.look()
        return [one.retired.is_set() for one in old]

    assert asyncio.run(scenario()) == [False, True]


def test_of_many_that_are_asked_for_two_are_read_at_a_time(own, monkeypatch):
    days = [date(2024, 3, day) for day in range(4, 10)]
    begun, may_end, guard = threading.Semaphore(0), threading.Event(), threading.Lock()
    under_way = [0]
    peaks = []

    def load(settings, day, build):
        with guard:
            under_way[0] += 1
            peaks.append(under_way[0])
        begun.release()
        assert may_end.wait(20)
        with guard:
            under_way[0] -= 1
        return Recording(day.isoformat(), build, None, {}, {}, None, None, touched=[])

    monkeypatch.setattr(loading, "sessions", lambda settings: dict.fromkeys(days, "aaaaaaaa"))
    monkeypatch.setattr(loading, "load", load)

    async def scenario():
        shelf = Shelf(own)
        asked = [asyncio.create_task(shelf.show(day.isoformat())) for day in days]
        for _ in range(AT_ONCE):
            await asyncio.to_thread(begun.acquire)
        may_end.set()
        return [one.session for one in await asyncio.gather(*asked)]

    assert asyncio.run(scenario()) == [day.isoformat() for day in days]
    assert max(peaks) == AT_ONCE
