"""The server: what a connection is sent, who is let in, how it ends."""

import asyncio
import json
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from hashlib import sha256

import aiohttp
import pytest

from spymaster.errors import UsageError
from spymaster.stream import handlers, pump
from spymaster.stream.access import Access
from stream.serving import bytes_until, events, seqs, serving, until
from stream.tapes import Held, MadeUp, Shelf, SlowPast


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario, 30))


def test_a_client_is_sent_hello_the_past_and_then_each_bucket():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            async with client.get("/api/stream?speed=max") as response:
                got = await until(response, "end")
            assert [kind for kind, *_ in got[:3]] == ["hello", "snapshot", "bucket"]
            assert got[1][1] == "2024-03-05/0a1b2c3d/20"
            assert seqs(got) == list(range(21, 61))
            assert got[2][1] == "2024-03-05/0a1b2c3d/21"

    run(scenario())


def test_a_client_that_comes_back_goes_on_where_it_was():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            headers = {"Last-Event-ID": "2024-03-05/0a1b2c3d/41"}
            async with client.get("/api/stream?speed=max", headers=headers) as response:
                got = await until(response, "end")
            assert [kind for kind, *_ in got[:2]] == ["hello", "bucket"]
            assert seqs(got) == list(range(42, 61))

    run(scenario())


def test_a_client_of_another_build_is_told_to_forget():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            headers = {"Last-Event-ID": "2024-03-05/ffffffff/41"}
            async with client.get("/api/stream?speed=max", headers=headers) as response:
                got = await until(response, "end")
            assert [kind for kind, *_ in got[:3]] == ["hello", "reset", "snapshot"]
            assert json.loads(got[1][2])["old_build"] == "ffffffff"
            assert got[2][1] == "2024-03-05/0a1b2c3d/41"

    run(scenario())


def test_a_session_that_is_built_anew_resets_who_listens():
    async def scenario():
        shelf = Shelf()
        async with serving(shelf) as (client, _):
            async with client.get("/api/stream?speed=0&from=30") as response:
                stream = events(response)
                while (await anext(stream))[0] != "snapshot":
                    pass
                old, shelf.one = shelf.one, MadeUp(build="99999999")
                old.retired.set()
                got = [event async for event in _take(stream, 3)]
            assert [kind for kind, *_ in got] == ["hello", "reset", "snapshot"]
            assert got[2][1] == "2024-03-05/99999999/30"
            assert {one["build"] for one in json.loads(got[2][2])["buckets"]} == {"99999999"}

    run(scenario())


async def _take(stream, count):
    async for event in stream:
        if event[0] != "heartbeat":
            yield event
            count -= 1
        if count == 0:
            return


def test_while_the_past_is_made_heartbeats_tell_that_nothing_of_it_came(monkeypatch):
    """Else a screen would take a connection that is good for one that is lost."""
    monkeypatch.setattr(pump, "BEAT_S", 0.01)
    shelf = Shelf(SlowPast())

    async def scenario():
        async with serving(shelf) as (client, _), client.get("/api/stream?speed=0") as response:
            stream = events(response)
            kinds = [(await anext(stream))[0] for _ in range(1)]
            while shelf.one.n_beats < 3:
                kind, _, data = await anext(stream)
                assert (kind, json.loads(data)["seq"]) == ("heartbeat", 0)
            shelf.one.let.set()
            return kinds, await until(response, "snapshot")

    kinds, got = run(scenario())
    assert (kinds, [kind for kind, *_ in got]) == (["hello"], ["snapshot"])


def test_while_what_takes_the_place_of_a_session_is_read_heartbeats_go_on(monkeypatch):
    monkeypatch.setattr(pump, "BEAT_S", 0.01)
    shelf, let = Shelf(), asyncio.Event()

    async def read(show, asked):
        await let.wait()
        return shelf.one

    shelf.next = read

    async def scenario():
        async with (
            serving(shelf) as (client, _),
            client.get("/api/stream?speed=0&from=30") as response,
        ):
            await until(response, "snapshot")
            stream = events(response)
            old, shelf.one = shelf.one, MadeUp(build="99999999")
            old.retired.set()
            told = [await anext(stream) for _ in range(9)]
            let.set()
            return told, [kind for kind, *_ in await until(response, "snapshot")]

    told, kinds = run(scenario())
    assert {(kind, json.loads(data)["seq"]) for kind, _, data in told} == {("heartbeat", 30)}
    assert kinds == ["hello", "reset", "snapshot"]


def test_all_ways_to_the_buckets_give_the_same_bytes():
    async def scenario():
        async with serving(Shelf()) as (client, _):

            async def stream(speed):
                address = f"/api/stream?speed={speed}&from=20"
                async with client.get(address) as response:
                    got = await until(response, "end")
                return [data for kind, _, data in got if kind in ("bucket", "options")]

            quick, quicker = await asyncio.gather(stream("1000"), stream("max"))
            async with client.get("/api/buckets?from=21") as response:
                lines = (await response.text()).splitlines()
        assert quick == quicker == lines
        assert len(lines) == 80

    run(scenario())


@pytest.mark.parametrize("address", ["/api/buckets?from=21", "/api/stream?speed=max"])
def test_others_are_answered_while_a_bucket_is_made(address):
    async def scenario():
        held = Held()
        async with serving(Shelf(held)) as (client, _):
            first = asyncio.create_task(_read(client, address))
            while not held.wanted.is_set():
                await asyncio.sleep(0)
            assert await _count(client) == address.startswith("/api/stream")
            async with client.get("/api/stream?speed=0&from=5") as other:
                assert (await until(other, "snapshot"))[-1][0] == "snapshot"
            held.let.set()
            body = await first
        assert body.count(b'"bucket"') >= 40
        assert held.was_let

    run(scenario())


async def _read(client, address):
    async with client.get(address) as response:
        if response.content_type == "text/event-stream":
            return await bytes_until(response, b"event: end\n")
        return await response.read()


def test_no_client_waits_for_what_is_made_for_others():
    async def scenario():
        held = Held()
        async with serving(Shelf(held)) as (client, _), AsyncExitStack() as open_ones:
            for _ in range(handlers.MAX_CLIENTS - 1):
                request = client.get("/api/stream?speed=max")
                await until(await open_ones.enter_async_context(request), "snapshot")
            async with client.get("/api/stream?speed=0&from=5") as last:
                await until(last, "snapshot")
            held.let.set()
        assert held.was_let

    run(scenario())


@pytest.mark.thorough
def test_ten_clients_at_full_speed_get_every_byte_of_a_whole_session():
    async def scenario():
        async with serving(Shelf(MadeUp(last_seq=2160, fill=500))) as (client, _):

            async def digest():
                async with client.get("/api/stream?speed=max&from=1") as response:
                    body = await bytes_until(response, b"event: end\n")
                found = re.findall(rb"^id: \S+/(\d+)$", body, re.MULTILINE)
                assert list(map(int, found)) == list(range(1, 2161))
                return sha256(body).hexdigest()

            digests = await asyncio.gather(*(digest() for _ in range(10)))
        assert len(set(digests)) == 1

    run(scenario())


def test_no_more_clients_are_taken_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(handlers, "MAX_CLIENTS", 2)

    async def scenario():
        async with serving(Shelf()) as (client, _), client.get("/api/stream?speed=0"):
            async with client.get("/api/stream?speed=0") as second:
                assert second.status == 200
                async with client.get("/api/stream?speed=0") as third:
                    assert third.status == 503
                    assert third.headers["Retry-After"] == "5"
            while await _count(client) > 1:
                await asyncio.sleep(0.05)
            async with client.get("/api/stream?speed=0") as fourth:
                assert fourth.status == 200

    run(scenario())


async def _count(client):
    async with client.get("/healthz") as response:
        return (await response.json())["clients"]


def test_a_client_that_takes_nothing_is_let_go(monkeypatch):
    monkeypatch.setattr(pump, "WRITE_TIMEOUT_S", 0.3)

    async def scenario():
        big = MadeUp(last_seq=2160, fill=100_000)
        async with serving(Shelf(big)) as (client, _):
            response = await client.get("/api/stream?speed=max")
            # it does not read: soon the pipe is full
            while await _count(client) > 0:
                await asyncio.sleep(0.05)
            response.close()

    run(scenario())


@pytest.mark.parametrize("address", ["/api/stream?speed=max", "/api/buckets"])
def test_a_client_that_takes_nothing_is_disconnected(monkeypatch, address):
    monkeypatch.setattr(pump, "WRITE_TIMEOUT_S", 0.3)
    given_up, cut = asyncio.Event(), handlers.cut
    monkeypatch.setattr(handlers, "cut", lambda request: given_up.set() or cut(request))

    async def scenario():
        async with serving(Shelf(MadeUp(last_seq=2160, fill=100_000))) as (client, _):
            response = await client.get(address)
            await given_up.wait()
            with pytest.raises(aiohttp.ClientError):
                await response.read()

    run(scenario())


def test_a_stream_whose_session_is_gone_ends_and_says_nothing_else():
    async def scenario():
        shelf = Shelf()
        async with serving(shelf) as (client, _):
            async with client.get("/api/stream?speed=0") as response:
                await until(response, "snapshot")
                old, shelf.one = shelf.one, MadeUp(session="2024-03-06")
                old.retired.set()
                rest = await response.read()
            assert b"HTTP/1.1" not in rest

    run(scenario())


def test_clients_that_come_together_find_no_more_room_than_there_is(monkeypatch):
    """However long the session that they ask for takes to read."""
    monkeypatch.setattr(handlers, "MAX_CLIENTS", 2)

    async def scenario():
        shelf = Slow()
        async with serving(shelf) as (client, _):
            asked = [asyncio.create_task(client.get("/api/stream?speed=0")) for _ in range(3)]
            while sum(one.done() for one in asked) + shelf.n_asked < 3:
                await asyncio.sleep(0.01)
            shelf.read.set()
            answers = await asyncio.gather(*asked)
            for one in answers:
                one.close()
            assert sorted(one.status for one in answers) == [200, 200, 503]

    run(scenario())


@dataclass
class Slow(Shelf):
    """A shelf whose session is read once somebody lets it be."""

    read: asyncio.Event = field(default_factory=asyncio.Event)
    n_asked: int = 0

    async def show(self, session):
        self.n_asked += 1
        await self.read.wait()
        return await super().show(session)


def test_the_server_ends_within_three_seconds_with_clients_attached():
    async def scenario():
        loop = asyncio.get_running_loop()
        async with serving(Shelf()) as (client, stopping):
            held = [await client.get("/api/stream?speed=0") for _ in range(5)]
            stopping.set()
            began = loop.time()
            for response in held:
                async with response:
                    async for _ in response.content:
                        pass
        assert loop.time() - began < 3

    run(scenario())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/stream?speed=fast", "speed fast: expected max, or a number from 0 to 1000"),
        ("/api/stream?from=0", "from 0: expected the number of a bucket"),
        (f"/api/stream?from={'9' * 5000}", "from 99999999999999999999: expected the number"),
        (f"/api/buckets?to={'1' * 5000}", "to 11111111111111111111: expected the number"),
        ("/api/buckets?to=-3", "to -3: expected the number of a bucket"),
        ("/api/stream?session=2024-03-06", "session 2024-03-06: there is only 2024-03-05"),
        ("/api/history?relation=raw.mbo", "relation raw.mbo: not allowed"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_why(address, said):
    async def scenario():
        async with serving(Shelf()) as (client, _), client.get(address) as response:
            assert response.status == 400
            assert said in (await response.json())["error"]

    run(scenario())


def test_another_host_needs_a_token():
    with pytest.raises(UsageError, match="set SPYMASTER_STREAM_TOKEN"):
        Access("0.0.0.0")
    assert Access("0.0.0.0", token="secret").token == "secret"


def test_a_name_that_points_here_from_elsewhere_is_refused():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            for host in ("evil.example", "evil.example:8417", "127.0.0.1.evil.example"):
                async with client.get("/api/sessions", headers={"Host": host}) as response:
                    assert response.status == 403, host
            for host in ("localhost:1", "127.0.0.1", "[::1]:8417", "[::1]"):
                async with client.get("/api/sessions", headers={"Host": host}) as response:
                    assert response.status == 200, host

    run(scenario())


def test_a_token_lets_in_a_program_by_header_and_a_browser_by_cookie():
    async def scenario():
        access = Access("127.0.0.1", token="secret")
        async with serving(Shelf(), access=access) as (client, _):

            async def status(**kwargs):
                async with client.get("/api/sessions", **kwargs) as response:
                    return response.status

            assert await status() == 401
            assert await status(params={"token": "secret"}) == 401
            assert await status(headers={"Authorization": "Bearer wrong"}) == 401
            assert await status(headers={"Authorization": "Bearer secret"}) == 200
            assert (await client.post("/api/login", data={"token": "wrong"})).status == 401
            client.cookie_jar.clear()
            async with client.post("/api/login", data={"token": "secret"}) as response:
                cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            assert "secret" not in cookie
            kept = cookie.split(";")[0]
            assert await status(headers={"Cookie": kept}) == 200
            assert await status(headers={"Cookie": f"{kept}0"}) == 401
            # the page itself holds nothing of the session
            async with client.get("/") as response:
                assert response.status == 200

    run(scenario())


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cookie", b"spymaster_stream=\xc3\xa9"),
        ("Cookie", b"spymaster_stream=\xff"),
        ("Authorization", b"Bearer \xff"),
        ("Authorization", b"Bearer \xc3\xa9"),
    ],
)
def test_who_shows_what_is_no_ascii_is_not_let_in(header, value):
    async def scenario():
        access = Access("127.0.0.1", token="secret")
        async with serving(Shelf(), access=access) as (client, _):
            said = b"%s: %s\r\n" % (header.encode(), value)
            assert await _status(client, b"GET /api/sessions", said) == 401

    run(scenario())


async def _status(client, request, headers, body=b""):
    """Return how the server answers what no client of HTTP would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client._base_url.port)
    writer.write(b"%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" % request)
    writer.write(b"%sContent-Length: %d\r\n\r\n%s" % (headers, len(body), body))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1])


def test_a_token_may_be_any_text():
    async def scenario():
        token = "gr\u00fc\u00df \udcff"  # as the environment gives bytes that are no UTF-8
        async with serving(Shelf(), access=Access("127.0.0.1", token=token)) as (client, _):
            said = b"Authorization: Bearer gr\xc3\xbc\xc3\x9f \xff\r\n"
            assert await _status(client, b"GET /api/sessions", said) == 200

    run(scenario())


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"application/x-www-form-urlencoded; charset=nonsense", b"token=secret"),
        (b"application/x-www-form-urlencoded", b"token=\xff"),
        (b"multipart/form-data", b"token=secret"),
    ],
)
def test_a_login_that_is_no_form_is_told_so(kind, body):
    async def scenario():
        access = Access("127.0.0.1", token="secret")
        async with serving(Shelf(), access=access) as (client, _):
            said = b"Content-Type: %s\r\n" % kind
            assert await _status(client, b"POST /api/login", said, body) == 400

    run(scenario())


@pytest.mark.parametrize(
    "place",
    [b"1" * 5000, b"2024-03-05/0a1b2c3d/" + b"9" * 5000, b"2024-03-05/\xff/41", b"a/b/c"],
)
def test_a_place_that_is_none_of_ours_begins_anew(place):
    async def scenario():
        async with serving(Shelf()) as (client, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", client._base_url.port)
            writer.write(b"GET /api/stream?speed=0 HTTP/1.1\r\nHost: localhost\r\n")
            writer.write(b"Last-Event-ID: %s\r\n\r\n" % place)
            told = await reader.readuntil(b"event: snapshot")
            writer.close()
            await writer.wait_closed()
        assert re.findall(rb"event: (\w+)", told) == [b"hello", b"snapshot"]

    run(scenario())


def test_a_place_past_the_end_is_the_end():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            headers = {"Last-Event-ID": "2024-03-05/0a1b2c3d/999999999"}
            async with client.get("/api/stream", headers=headers) as response:
                (_, (*_, said)) = await until(response, "end")
        assert json.loads(said)["last_seq"] == 60

    run(scenario())


def test_a_browser_is_told_to_load_from_nowhere_else_and_no_origin_may_read():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            for address in ("/", "/api/sessions", "/api/nothing", "/api/stream?speed=0"):
                async with client.get(
                    address, headers={"Origin": "http://evil.example"}
                ) as response:
                    policy = response.headers["Content-Security-Policy"]
                    assert policy.startswith("default-src 'self'"), address
                    assert "Access-Control-Allow-Origin" not in response.headers

    run(scenario())


def test_nothing_but_the_client_lies_below_the_root():
    async def scenario():
        async with serving(Shelf()) as (client, _):
            async with client.get("/") as response:
                assert "<app-root>" in await response.text()
            async with client.get("/main.js") as response:
                assert response.content_type == "text/javascript"
            for address in ("/server.py", "/../server.py", "/%2e%2e/server.py", "/client/"):
                async with client.get(address) as response:
                    assert response.status == 404, address

    run(scenario())
