"""``spymaster serve`` as a shell runs it."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from cli.conftest import Shell, Shown, single_line
from texts import README, TEXTS, commands

SHUTDOWN_S = 3.0


@contextmanager
def served(shell: Shell, *args: str, **environment: str) -> Iterator[tuple[str, object]]:
    """Yield the address of a server on a port of its own, and its process."""
    with shell.started("serve", "--port", "0", *args, **environment) as running:
        line = running.stderr.readline()
        assert line.startswith("serving http://"), line + running.stderr.read()
        yield line.split()[1].replace("0.0.0.0", "127.0.0.1"), running


def test_it_serves_page_and_stream_and_stops_with_clients_attached(built: Shell) -> None:
    with served(built, "--session", "2024-03-05", "--speed", "max") as (address, running):
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert json.load(answer)["clients"] == 0
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert b"<app-root" in answer.read()
        with (
            urllib.request.urlopen(f"{address}/api/stream", timeout=10) as one,
            urllib.request.urlopen(f"{address}/api/stream?speed=0", timeout=10) as other,
        ):
            assert one.readline().startswith(b"retry:")
            assert other.readline().startswith(b"retry:")
            asked_at = time.monotonic()
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=10) == 0
            assert time.monotonic() - asked_at < SHUTDOWN_S
        assert running.stderr.read() == ""
        assert running.stdout.read() == ""


def test_the_line_of_the_texts_shows_the_session_of_the_demo(demonstrated: Shown) -> None:
    (typed,) = (line for line in commands(TEXTS["docs/stream.md"]) if "spymaster serve" in line)
    words = shlex.split(typed, comments=True)
    assert f"`{shlex.join(words)}`" in README
    assert words[:4] == ["uv", "run", "spymaster", "serve"]
    with served(demonstrated.shell, *words[4:]) as (address, _):
        with urllib.request.urlopen(f"{address}/api/hello", timeout=30) as answer:
            hello = json.load(answer)
        with urllib.request.urlopen(f"{address}/api/stream?speed=max", timeout=30) as stream:
            told = (line for line in stream if line.startswith(b"event"))
            # heartbeats come while the past is made
            kinds = list(islice((line for line in told if b"heartbeat" not in line), 4))
    assert hello["session"] == "2024-03-05"
    assert {level["level_id"] for level in hello["levels"]} >= {"PM_HIGH", "PM_LOW"}
    assert kinds[:2] == [b"event: hello\n", b"event: snapshot\n"]
    assert b"event: bucket\n" in kinds


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ("--host", "0.0.0.0"),
            "--host 0.0.0.0: others could read the stream; set SPYMASTER_STREAM_",
        ),
        (("--speed", "fast"), "speed fast: expected max, or a number from 0 to 1000"),
        (("--speed", "-1"), "speed -1: expected max, or a number from 0 to 1000"),
        (
            ("--session", "2024-03-06"),
            "session 2024-03-06: not in the warehouse; there is 2024-03-05",
        ),
    ],
)
def test_what_is_asked_wrongly_ends_in_one_line(
    built: Shell, args: tuple[str, ...], said: str
) -> None:
    refused = built.inside("serve", *args)
    assert refused.returncode == 2
    assert single_line(refused).startswith(said)


def test_beyond_this_machine_it_asks_for_the_token(built: Shell) -> None:
    environment = {"SPYMASTER_STREAM_TOKEN": "only for this test"}
    with served(built, "--host", "0.0.0.0", **environment) as (address, _):
        asked = Request(f"{address}/api/sessions")
        with pytest.raises(HTTPError, match="401"):
            urllib.request.urlopen(asked, timeout=10)
        asked.add_header("Authorization", "Bearer only for this test")
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert json.load(answer) == [{"session": "2024-03-05", "mode": "replay"}]


def test_a_port_that_is_taken_is_named(built: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = built.inside("serve", "--port", str(port))
    assert refused.returncode == 2
    assert single_line(refused).startswith(f"127.0.0.1:{port}: ")


def test_an_empty_folder_has_nothing_to_serve(shell: Shell) -> None:
    refused = shell.inside("serve")
    assert refused.returncode == 2
    assert "no catalog yet" in single_line(refused)
