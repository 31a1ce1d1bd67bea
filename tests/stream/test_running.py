"""A session that goes on: what its builder sends is what its replay shows, however it comes."""

import asyncio
import json
import os
import shutil
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from spymaster import operations
from spymaster.errors import UsageError
from spymaster.live.sent import DECIDED, KNOWN, Following, sent_folder
from spymaster.settings import Settings
from spymaster.stream import catching_up, desk, loading, running
from spymaster.stream.arriving import BOOK, OPTIONS, Arriving
from spymaster.stream.cursor import Skip
from spymaster.stream.desk import Desk
from spymaster.stream.events import Event
from spymaster.stream.ring import Ring
from spymaster.stream.running import Running
from spymaster.stream.shows import NotYetError, Start
from stream.sending import SESSION, sending
from stream.serving import events, serving

N = 6


@pytest.fixture(scope="module")
def sent(simulated, tmp_path_factory):
    """A builder of the first buckets that has sent nothing."""
    return sending(simulated, tmp_path_factory.mktemp("sent"), N)


@pytest.fixture
def builder(sent, tmp_path):
    """One with a folder of its own."""
    return sent.into(sent_folder(tmp_path / "w", SESSION))


@pytest.fixture(scope="module")
def replayed(simulated):
    """Every message of the first buckets, by what tells it from others."""
    ((session, build),) = loading.sessions(simulated).items()
    over = loading.load(simulated, session, build)
    return frames(event for seq in range(1, N + 1) for event in over.events(seq))


def frames(told):
    found = {}
    for event in told:
        said = json.loads(event.data)
        found[said["type"], said["seq"], said.get("level_id")] = event.data
    return found


def frames_of(got):
    """Return what a client has that was told of a bucket again."""
    bare = [frame.replace(b'"type":"revise"', b'"type":"bucket"') for frame in map(_bare, got)]
    return frames(Event("", 0, frame) for frame in bare)


def _bare(event):
    return event.data.replace(b',"reason":"a record came late"', b"")


def drained(cursor):
    """Return what a cursor has for now."""

    async def scenario():
        got = []
        while items := await cursor.take(0.0):
            got += items
        return got

    return asyncio.run(scenario())


def told(show):
    """Let a session take what was sent, and return what is told of it."""
    found = show.look()
    show.tell(found)
    return [(event.kind, event.seq) for event in found]


def test_a_bucket_is_told_before_its_options(builder):
    show = Running(builder.folder)
    assert (show.last_seq, show.opening_seq) == (None, 0)
    assert json.loads(show.snapshot(0))["buckets"] == []
    builder.send((1, BOOK))
    assert told(show) == [("bucket", 1)]
    builder.send((1, OPTIONS), (2, BOOK))
    assert told(show) == [("options", 1), ("strikes", 1), ("bucket", 2)]
    assert told(show) == []


def test_a_window_of_a_whole_day_has_buckets_too(builder):
    """Else a session whose window ends when it began would never be over."""
    path = builder.folder / KNOWN
    said = json.loads(path.read_text(encoding="utf-8"))
    end = datetime.fromisoformat(said["window_start"]) + timedelta(days=1)
    path.write_text(json.dumps(said | {"window_end": end.isoformat()}), encoding="utf-8")
    assert Running(builder.folder).n_buckets == 86_400 // 5


@pytest.mark.thorough
@examples(6)
@given(st.data())
def test_wherever_a_client_breaks_off_it_has_everything_in_the_end(
    sent, replayed, tmp_path_factory, data
):
    """Options come some buckets later; the server may end between any two lines and events."""
    folder = tmp_path_factory.mktemp("sent") / "live"
    builder = sent.into(folder)
    lag = data.draw(st.integers(0, 3), "buckets by which options lag")
    order = sorted(
        (group for n in range(1, N + 1) for group in builder.bucket(n)),
        key=lambda one: (one[0] + lag * (one[1] == OPTIONS), one[1] == OPTIONS),
    )
    heard, place = {}, 0
    while order:
        count = data.draw(st.integers(1, len(order)), "lines while a server runs")
        before = data.draw(st.integers(0, count), "of them before it started")
        builder.send(*order[:before])
        show = Running(folder)
        cursor = show.cursor(Start(place, None), 0.0)
        builder.send(*order[before:count])
        show.tell(show.look())
        got = drained(cursor)
        got = got[: data.draw(st.integers(0, len(got)), "events that it was sent")]
        heard |= frames(got)
        place = max([place, *(one.seq for one in got if one.kind == "bucket")])
        order = order[count:]
    heard |= frames(drained(Running(folder).cursor(Start(place, None), 0.0)))
    assert heard == replayed


def test_nothing_is_told_twice_to_who_stays(builder):
    show = Running(builder.folder)
    builder.send(*builder.bucket(1))
    cursor = show.cursor(Start(0, None), 0.0)
    found = show.look()  # taken, and not told yet: a client that comes now hears of it once
    late = show.cursor(Start(0, None), 0.0)
    show.tell(found)
    for one in (cursor, late):
        assert [event.kind for event in drained(one)] == ["bucket", "options", "strikes"]


def test_a_bucket_that_is_sent_again_is_revised_also_for_who_was_away(builder):
    builder.send(*builder.bucket(1), *builder.bucket(2))
    right = Running(builder.folder).events(1)
    builder.mistake(1)
    show = Running(builder.folder)
    here = show.cursor(Start(2, None), 0.0)
    builder.send((1, BOOK), why="late record")
    assert told(show) == [("revise", 1), ("options", 1), ("strikes", 1)]
    again = [one for one in drained(here) if one.kind == "revise"]
    away = drained(Running(builder.folder).cursor(Start(2, None), 0.0))
    assert again == [one for one in away if one.kind == "revise"]
    said, before = json.loads(again[0].data), json.loads(right[0].data)
    assert said.pop("reason") == "a record came late"
    assert said["market"]["mid"] == before["market"]["mid"] - 1.0
    assert json.loads(show.snapshot(2))["buckets"][0] == said | {"type": "bucket"}


@pytest.fixture
def small_ring(monkeypatch):
    """A ring that holds less than what is told of two buckets."""
    monkeypatch.setattr(running, "Ring", lambda: Ring(5))


def test_who_is_overtaken_by_what_is_revised_lacks_nothing(builder, small_ring):
    """However many buckets change at once, and whatever comes between."""
    builder.send(*(one for n in (1, 2, 3, 4) for one in builder.bucket(n)))
    show = Running(builder.folder)
    here = show.cursor(Start(0, None), 0.0)
    before = frames(drained(here))
    for n in (1, 2, 3):
        builder.mistake(n)
    builder.send(*((n, BOOK) for n in (1, 2, 3)), *builder.bucket(5), why="late record")
    assert len(told(show)) > 2 * 5
    got = drained(here)
    assert before | frames_of(got) == frames(one for n in range(1, 6) for one in show.events(n))
    assert [(one.kind, one.seq) for one in got if one.kind in ("revise", "bucket")] == [
        *(("revise", n) for n in (1, 2, 3)),
        ("bucket", 5),
    ]
    builder.send(*builder.bucket(6))
    told(show)
    assert [one.kind for one in drained(here)] == ["bucket", "options", "strikes"]


def test_a_forecast_that_was_taken_back_is_so_for_who_was_overtaken(builder, small_ring):
    builder.touched(2, is_so=True)
    builder.send(*builder.bucket(1), *builder.bucket(2))
    show = Running(builder.folder)
    here = show.cursor(Start(2, None), 0.0)
    drained(here)
    builder.touched(2, is_so=False)
    builder.send((1, BOOK), (2, BOOK), why="late record")
    told(show)
    assert [(one.kind, one.seq) for one in drained(here)] == [
        (kind, n) for n in (1, 2) for kind in ("revise", "options", "strikes")
    ]


def test_who_reads_too_slowly_is_told_what_it_lacks_and_gets_the_newest(
    builder, small_ring, monkeypatch
):
    """And of the buckets that it has all that changed."""
    monkeypatch.setattr(catching_up, "PATIENCE", 2)
    builder.send((1, BOOK))
    show = Running(builder.folder)
    here = show.cursor(Start(1, None), 0.0)
    builder.send((1, OPTIONS), *(one for n in range(2, N + 1) for one in builder.bucket(n)))
    told(show)
    options, strikes, skip, *newest = drained(here)
    assert [options, strikes] == show.events(1)[1:]
    assert skip == Skip(2, N - 1)
    assert newest == show.events(N)


def test_a_forecast_about_a_touch_that_was_none_is_taken_back(builder):
    """By what is revised: the bucket, and behind it all that still holds."""
    builder.touched(2, is_so=True)
    builder.send(*builder.bucket(1), *builder.bucket(2))
    show = Running(builder.folder)
    assert [one.kind for one in show.events(2)] == ["bucket", "options", "strikes", "analogs"]
    assert json.loads(show.snapshot(2))["analogs"]
    builder.touched(2, is_so=False)
    builder.send((2, BOOK), why="late record")
    assert told(show) == [("revise", 2), ("options", 2), ("strikes", 2)]
    assert json.loads(show.snapshot(2))["analogs"] == []


def test_a_client_that_has_the_revised_bucket_is_not_told_again(builder):
    builder.send(*builder.bucket(1))
    builder.send((1, BOOK), why="late record")
    builder.send(*builder.bucket(2), *builder.bucket(3))
    kinds = [one.kind for one in drained(Running(builder.folder).cursor(Start(2, None), 0.0))]
    assert "revise" not in kinds


def test_options_that_came_late_of_a_bucket_that_is_revised_are_told_once(builder):
    builder.send((1, BOOK), (2, BOOK), (1, OPTIONS))
    builder.send((1, BOOK), why="late record")
    found = drained(Running(builder.folder).cursor(Start(2, None), 0.0))
    assert [(one.kind, one.seq) for one in found] == [("revise", 1), ("options", 1), ("strikes", 1)]


def test_who_comes_before_the_options_of_a_bucket_is_not_told_of_any(builder):
    builder.send((1, BOOK))
    show = Running(builder.folder)
    assert [one.kind for one in drained(show.cursor(Start(0, None), 0.0))] == ["bucket"]
    assert json.loads(show.snapshot(1))["options"] == []


def test_what_is_decided_once_all_of_a_bucket_came_revises_it(builder):
    builder.send((1, BOOK), (1, OPTIONS))
    show = Running(builder.folder)
    builder.send((1, DECIDED), why="late record")
    assert told(show) == [("revise", 1), ("options", 1), ("strikes", 1)]


def test_it_is_over_once_the_options_of_the_last_bucket_came(builder):
    *most, last = [group for n in range(1, N + 1) for group in builder.bucket(n)]
    builder.send(*most)
    show = Running(builder.folder)
    assert not show.is_over
    builder.send(last)
    told(show)
    assert show.is_over


@pytest.mark.thorough
def test_who_begins_late_takes_every_line_however_many_at_once(builder, monkeypatch):
    builder.send(*(group for n in range(1, N + 1) for group in builder.bucket(n)))
    wanted = Running(builder.folder)
    monkeypatch.setattr(running, "AT_ONCE", 2)
    found = Running(builder.folder)
    assert [found.events(n) for n in range(1, N + 1)] == [wanted.events(n) for n in range(1, N + 1)]


def test_what_is_known_later_is_in_the_greeting(builder):
    show = Running(builder.folder)
    assert show.greeting["levels"]
    path = builder.folder / KNOWN
    said = json.loads(path.read_text(encoding="utf-8")) | {"levels": []}
    path.write_text(json.dumps(said), encoding="utf-8")
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 1))
    show.look()
    assert show.greeting["levels"] == []


def test_of_touches_before_only_that_which_is_decided_about_is_told():
    """In a bucket half a minute after it, beside those of the bucket itself."""
    start = datetime(2024, 3, 5, 14, 30)

    def at(n):
        return start + timedelta(seconds=5 * n)

    def touch(level, n):
        return {"level_id": level, "bucket_end": at(n)}

    arriving = Arriving(SESSION, start, {})
    arriving._touches = {
        2: [touch("PM_HIGH", 2), touch("PD_LOW", 2)],
        3: [touch("PM_HIGH", 3)],
        8: [touch("OPEN", 8)],
    }
    arriving._decided = {8: ([{"cluster_id": "PM_HIGH", "touched_at": at(2)}], [])}
    assert arriving.decided(8) == (
        [touch("PM_HIGH", 2), touch("OPEN", 8)],
        *arriving._decided[8],
    )


def test_half_a_line_is_left_for_the_next_time(builder):
    builder.send(*builder.bucket(1))
    log = builder.folder / "buckets.jsonl"
    whole = log.read_bytes()
    following = Following(builder.folder)
    ends = [one + 1 for one, byte in enumerate(whole) if byte == ord("\n")]
    lines = [*zip(((1, BOOK), (1, OPTIONS)), ends, strict=True)]
    near = {end + step for end in ends for step in (-1, 0, 1)} | {*range(0, len(whole), 97)}
    for end in sorted(one for one in near if one <= len(whole)):
        log.write_bytes(whole[:end])
        keys = [line.key for line in following.poll()]
        assert keys == ([line for line, at in lines if at == end])


def test_a_heartbeat_says_how_old_the_newest_bucket_is(builder, monkeypatch):
    def beat(show, seq):
        said = json.loads(show.beat(seq))
        return said["book"], said["behind_s"], said["data_through"]

    stands = SimpleNamespace(monotonic=lambda: 0.0, time_ns=lambda: 0)
    monkeypatch.setattr(running, "time", stands)
    builder.clock_s = 10.0
    show = Running(builder.folder)
    assert beat(show, 0) == ("recovering", 0.0, None), "before the first bucket"
    builder.send(*builder.bucket(1), *builder.bucket(2))
    told(show)
    quality = json.loads(show.events(2)[0].data)["quality"]["book"]
    assert beat(show, 2) == (quality, 10.0, "2024-03-05T14:30:10Z")
    assert beat(show, 1)[1] == 15.0, "what this client has"
    assert beat(show, 0) == ("recovering", 0.0, None), "to whom the past is still to be sent"
    builder.clock_s = 16.0  # as the first bucket is sent again, 11 s past the end of the newest
    builder.mistake(1)
    builder.send((1, BOOK), why="late record")
    told(show)
    assert beat(show, 2)[:2] == (quality, 11.0)
    monkeypatch.setattr(running, "STALE_S", 0.05)
    assert beat(show, 2)[0] == "stale"
    builder.send(*(one for n in range(3, N + 1) for one in builder.bucket(n)))
    told(show)
    assert beat(show, N)[0] != "stale", "it is over, and nothing else should have come"
    assert beat(show, 0) == ("recovering", 0.0, None), "to whom the past is still to be sent"


def test_where_nothing_goes_on_a_desk_waits(tmp_path, used):
    async def scenario():
        library = Desk(Settings(used(tmp_path / "w")))
        async with serving(library) as (client, _):
            answer = await client.get("/api/stream")
            assert (await client.get("/api/sessions")).status == 200
            return answer.status, answer.headers["Retry-After"], (await answer.json())["error"]

    status, again, why = asyncio.run(scenario())
    assert (status, again) == (503, "5")
    assert why == "waiting for a session: the first bucket of its window has not come"


@pytest.mark.parametrize("asked", ["", "?session=2024-03-05"])
def test_while_a_desk_reads_what_was_sent_it_says_so(builder, monkeypatch, used, asked):
    """Who names the session asks nothing wrong."""
    let = threading.Event()

    def slow(folder):
        let.wait(20)
        return Running(folder)

    monkeypatch.setattr(desk, "Running", slow)
    monkeypatch.setattr(desk, "POLL_S", 0.01)
    builder.send(*builder.bucket(1))
    library = Desk(Settings(used(builder.folder.parents[1])))

    async def scenario():
        async with serving(library) as (client, _):
            await _until(lambda: library._followed)
            waiting = await client.get(f"/api/hello{asked}")
            let.set()
            await _until(lambda: library._running)
            return (
                waiting.status,
                (await waiting.json())["error"],
                await client.get(f"/api/hello{asked}"),
            )

    status, why, then = asyncio.run(scenario())
    assert (status, then.status) == (503, 200)
    assert why == "session 2024-03-05: the buckets that were sent of it are being read"


def test_what_goes_on_is_told_while_what_was_published_is_read(builder, monkeypatch, used):
    reading, let, tried = threading.Event(), threading.Event(), []

    def slow(settings):
        tried.append(settings)
        if len(tried) > 1:
            reading.set()
            let.wait(20)
        raise UsageError("no catalog yet")

    monkeypatch.setattr(desk, "Shelf", slow)
    monkeypatch.setattr(desk, "LOOK_S", 0.01)
    monkeypatch.setattr(desk, "POLL_S", 0.01)
    builder.send(*builder.bucket(1))
    library = Desk(Settings(used(builder.folder.parents[1])))

    async def scenario():
        async with serving(library):
            await _until(lambda: library._running and reading.is_set())
            builder.send(*builder.bucket(2))
            try:
                await _until(lambda: library._running.last_seq == 2)
            finally:
                let.set()

    asyncio.run(scenario())


@pytest.mark.thorough
def test_a_desk_goes_from_waiting_to_live_to_the_replay(simulated, builder, monkeypatch):
    """A client of one connection is told each; who comes after the end gets the replay."""
    monkeypatch.setattr(desk, "LOOK_S", 0.02)
    monkeypatch.setattr(desk, "POLL_S", 0.01)
    warehouse = builder.folder.parents[1]
    shutil.copytree(simulated.warehouse, warehouse, symlinks=True, dirs_exist_ok=True)
    own = replace(simulated, warehouse=warehouse)
    operations.publish(own)
    known = (builder.folder / "session.json").rename(warehouse / "later.json")

    async def scenario():
        kinds, rows = [], {}
        library = Desk(own)
        async with serving(library) as (client, _):
            await _until(lambda: library._over is None)
            with pytest.raises(NotYetError):
                await library.show(None)
            with pytest.raises(UsageError):
                await library.history(None, "states_5s")
            builder.send(*builder.bucket(1))
            known.rename(builder.folder / "session.json")
            await _until(
                lambda: library.listed()[:1] == [{"session": "2024-03-05", "mode": "live"}]
            )
            async with client.get("/api/stream") as response:
                n = 1
                async for kind, place, data in events(response):
                    if kind == "heartbeat":
                        continue
                    kinds.append(kind)
                    rows[kind] = (place, json.loads(data))
                    if _has(n, kind, rows) and n < N:
                        n += 1
                        builder.send(*builder.bucket(n))
                    if kind == "snapshot" and "reset" in kinds:
                        break
            return kinds, rows, await (await client.get("/api/hello")).json()

    kinds, rows, hello = asyncio.run(asyncio.wait_for(scenario(), 60))
    assert kinds[:2] == ["hello", "snapshot"]
    assert kinds[2:-4] == ["options", "strikes"] + ["bucket", "options", "strikes"] * (N - 1)
    assert kinds[-4:] == ["end", "hello", "reset", "snapshot"]
    assert hello["mode"] == "replay"
    assert rows["reset"][1]["new_build"] == hello["build"]
    assert rows["snapshot"][0] == f"2024-03-05/{hello['build']}/{N}"


def _has(n, kind, rows):
    """Whether a client was sent all of a bucket just now."""
    return kind == "snapshot" or (kind == "strikes" and rows[kind][1]["seq"] == n)


async def _until(sign):
    for _ in range(1000):
        if sign():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the sign did not come")
