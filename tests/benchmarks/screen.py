"""What the screen's server costs, and how late a bucket comes to 50 clients and onto a page.

    uv run python tests/benchmarks/screen.py WAREHOUSE [SECONDS]

The newest session of a warehouse goes out at four buckets a second through the ring of a session
that goes on, by a server in a process of its own, to 50 clients in another, to one more that never
reads, and to a page in Chromium, where one is installed. The server notes when it has a bucket; a
client when the last byte of it is there; the page when the frame that shows its number is drawn.
All by the clock of this machine, whose load is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from on_air import CLIENTS

HERE = Path(__file__).parent
FRONTEND = HERE.parents[1] / "frontend"
SHARES = {"p50": 0.5, "p99": 0.99, "max": 1.0}
Program = subprocess.Popen[str]


def main() -> None:
    warehouse, seconds = sys.argv[1], (*sys.argv, "60")[2]
    server = _started(sys.executable, HERE / "on_air.py", "serve", warehouse, seconds)
    port = _line(server)
    before = _used(server.pid)
    page = _page(port, seconds)
    clients = _started(sys.executable, HERE / "on_air.py", "listen", port, seconds)
    for one in (clients, page):
        assert one is None or _line(one) == "ready"
    joined = _used(server.pid)
    _say(server)
    sent = json.loads(_line(server))
    after = _used(server.pid)
    heard = json.loads(_line(clients))
    painted = json.loads(_line(page)) if page else {}
    _say(server)
    _tell(sent, heard, painted)
    messages = sent["events"] * (CLIENTS + bool(page))
    cpu = (after["cpu"] - joined["cpu"]) / messages * 1e6
    print(f"server: {cpu:.0f} CPU us a message of {messages:,}", end=", ")
    print(f"{after['mb'] - before['mb']:+.1f} MB, one client never reads", end=", ")
    print(f"ring {sent['ring'] / 1e6:.1f} MB")


def _tell(sent: dict[str, Any], heard: dict[str, Any], painted: dict[str, float]) -> None:
    at = {int(seq): when for seq, when in sent["at"].items()}
    late = sorted(when - at[seq] for seq, when in heard["got"] if seq in at)
    drawn = sorted(when - at[int(seq)] for seq, when in painted.items() if int(seq) in at)
    sizes = sorted(sent["sizes"])
    print(f"{len(at)} buckets to {CLIENTS} clients; load {os.getloadavg()[0]:.1f}")
    print(f"missing {len(at) * CLIENTS - len(late)}, gaps {heard['gaps']}")
    print(f"server to client, ms: {_shares(late)}")
    print(f"server to painted, ms, {len(drawn)} of {len(at)} seen: {_shares(drawn)}")
    print(f"a bucket: {sizes[len(sizes) // 2]:,} bytes, {sizes[-1]:,} at most")


def _shares(late: list[float]) -> str:
    at = {name: late[min(int(len(late) * part), len(late) - 1)] for name, part in SHARES.items()}
    return ", ".join(f"{name} {seconds * 1000:.1f}" for name, seconds in at.items())


def _page(port: str, seconds: str) -> Program | None:
    """Start a page, where there is a browser and what drives it."""
    if not (FRONTEND / "node_modules" / "playwright-core").exists():
        print("no page: npm ci --prefix frontend was not run", file=sys.stderr)
        return None
    return _started("node", FRONTEND / "e2e" / "painted.ts", port, seconds)


def _started(*command: str | Path) -> Program:
    pipe = subprocess.PIPE
    return subprocess.Popen([*map(str, command)], stdin=pipe, stdout=pipe, text=True)


def _line(program: Program) -> str:
    assert program.stdout
    if not (line := program.stdout.readline()):
        raise SystemExit(f"{program.args!r} ended with {program.wait()}")
    return line.strip()


def _say(program: Program) -> None:
    assert program.stdin
    program.stdin.write("\n")
    program.stdin.flush()


def _used(pid: int) -> dict[str, float]:
    """Return CPU seconds and resident memory, MB."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return {"cpu": cpu, "mb": int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6}


if __name__ == "__main__":
    main()
