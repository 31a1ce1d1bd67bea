"""Land and build for a long time, kill it again and again, and read meanwhile.

    uv run python tests/benchmarks/soak.py MINUTES [SELECTOR] [FOLDER]

A builder lands simulated sessions anew, each time with all sizes times another number, and builds
them, all models or those of SELECTOR; now and then it runs gc. It is killed with SIGKILL at random
moments and started again. Beside it read a program that opens the catalog for each question, one
that keeps a connection until the link points elsewhere, and DuckDB's own command line.

Sizes are times one number in all relations of a session, so what was added per lot resting at the
best quotes is the same number in all sessions, unless a reader sees records of one landing beside
records of another. Prints what was seen; ends with 1 unless no read failed or disagreed, gc left
nothing that nothing points to, and files held open and bytes on disk stayed what they were.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from datetime import time as clock
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

FIRST, SESSIONS, SIZES, ROUNDS = date(2024, 1, 8), 4, 3, 3
WINDOW = {"window_start": clock(9, 31), "window_end": clock(9, 33)}
QUESTION = """
    with added as (
        select session, sum(add_qty) as qty from book.flow_5s group by session
    ), quoted as (
        select session, sum(bid_qty + ask_qty) as qty from market.bbo_5s group by session
    )
    select
        count(*) as sessions,
        count(added.qty) + count(quoted.qty) as matched,
        count(distinct added.qty / quoted.qty) as ratios
    from market.sessions
    left join added using (session)
    left join quoted using (session)
"""
"""One row; of n sessions it must be n, 2n and 1."""
OPENING = """
import json, os, sys, time
from pathlib import Path
from spymaster.warehouse import duck
link, stop, question, kind = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5]
seen = {"reads": 0, "failed": [], "torn": [], "catalogs": 0, "files": []}
held, connection = None, None
while not stop.exists():
    try:
        target = link.resolve()
        if target != held or kind == "opens":
            if connection is not None:
                connection.close()
            seen["catalogs"] += target != held
            held, connection = target, duck.read_only(target)
        sessions, matched, ratios = connection.execute(question).fetchone()
    except Exception as error:
        seen["failed"].append(str(error)[:300])
        held = None
        continue
    seen["reads"] += 1
    if (matched, ratios) != (2 * sessions, 1) or not sessions:
        seen["torn"].append((sessions, matched, ratios))
    if seen["reads"] % 20 == 10:
        seen["files"].append(len(os.listdir("/proc/self/fd")))
    time.sleep(float(sys.argv[5]))
print(json.dumps(seen))
"""
BUILDER = """
import random, sys
from pathlib import Path
from spymaster import operations
from spymaster.land import land
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger
sys.path[:0] = [{tests}, {here}]
import soak
settings, moments = soak.settings(Path({warehouse})), random.Random({seed})
ledger = Ledger(Layout(settings.warehouse))
while True:
    there = {Path(part.source).parent.name for part in ledger.partitions() if part.schema == "mbo"}
    folder = moments.choice([at for at in sorted(Path({files}).iterdir()) if at.name not in there])
    landed = land(sorted(folder.iterdir()), settings, replace=True, wait=5)
    refused = [landing.message for landing in landed if landing.outcome == "refused"]
    failures = refused or operations.run(settings, {selector}, wait=5).failures
    if failures:
        print(failures[0], file=sys.stderr, flush=True)
    print("built", flush=True)
    if moments.random() < 0.3:
        operations.gc(settings, wait=5)
        print("tidied", flush=True)
"""


@dataclass
class Seen:
    """What came of it."""

    seconds: float = 0.0
    builds: int = 0
    """Whole rounds of landing, building and publishing."""
    tidied: int = 0
    kills: int = 0
    complaints: list[str] = field(default_factory=list)
    """What the builder wrote on stderr."""
    readers: dict[str, dict[str, object]] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)
    """What gc left that nothing points to."""
    bytes: list[int] = field(default_factory=list)
    """On disk, each time after gc: before the first kill, in between, and at the end."""

    @property
    def problems(self) -> list[str]:
        """What must not be."""
        found = [*self.complaints, *(f"orphan {path}" for path in self.orphans)]
        for name, seen in self.readers.items():
            found += [f"{name}: {what} {seen[what]}" for what in ("failed", "torn") if seen[what]]
            files = seen.get("files") or [0]
            assert isinstance(files, list)
            if max(files) > min(files) + 2:
                found.append(f"{name}: from {min(files)} to {max(files)} files held open")
            if not seen["reads"]:
                found.append(f"{name}: read nothing")
        if max(self.bytes) > 1.5 * self.bytes[0]:
            found.append(f"{self.bytes[0]:,} bytes on disk became {max(self.bytes):,}")
        return found


def main() -> None:
    minutes = float(sys.argv[1])
    selector = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "all" else None
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp(prefix="soak-"))
    seen = soak(folder, seconds=60 * minutes, selector=selector)
    told = asdict(seen)
    for reader in told["readers"].values():
        reader["files"] = reader["files"] and [min(reader["files"]), max(reader["files"])]
    print(json.dumps(told, indent=2))
    for problem in seen.problems:
        print(f"problem: {problem}", file=sys.stderr)
    raise SystemExit(1 if seen.problems else 0)


def settings(warehouse: Path) -> object:
    from spymaster.settings import Settings

    return Settings(warehouse, **WINDOW)


def soak(
    folder: Path,
    *,
    seconds: float,
    selector: str | None = None,
    seed: int = 1,
    sessions: int = SESSIONS,
    pause: float = 0.02,
) -> Seen:
    """Build, kill and read for some time, after a few rounds without kills to compare with.

    Parameters
    ----------
    pause : float, seconds
        Between two questions of a reader; five times that for the command line.
    """
    from leftovers import unknown_files
    from spymaster import operations
    from spymaster.land import land
    from spymaster.warehouse.layout import Layout

    chosen, files, stop = settings(folder / "warehouse"), folder / "files", folder / "stop"
    moments, seen = random.Random(seed), Seen()
    stop.unlink(missing_ok=True)
    land(_simulate(folder, files, sessions), chosen, replace=True)
    assert not operations.run(chosen, selector).failures
    code = BUILDER.replace("{tests}", repr(str(Path(__file__).parents[1])))
    code = code.replace("{here}", repr(str(Path(__file__).parent)))
    code = code.replace("{warehouse}", repr(str(chosen.warehouse))).replace(
        "{files}", repr(str(files))
    )
    code = code.replace("{selector}", repr(selector))
    with _reading(chosen.warehouse / "spymaster.duckdb", stop, seen, pause):
        # beside the readers, so that a round is as long as it will be
        a_round = _calm(code.replace("{seed}", "0"))
        seen.bytes.append(_tidy(chosen))
        start = time.monotonic()
        while (left := seconds - (time.monotonic() - start)) > 0:
            after = min(moments.uniform(0.2, 4) * a_round, left)
            _build_and_kill(code.replace("{seed}", str(moments.random())), seen, after)
            if moments.random() < 0.2:
                seen.bytes.append(_tidy(chosen))
        seen.seconds = time.monotonic() - start
    assert not operations.run(chosen, selector, wait=10).failures
    seen.bytes.append(_tidy(chosen))
    seen.orphans += sorted(unknown_files(Layout(chosen.warehouse)))
    return seen


def _calm(code: str) -> float:
    """Build a few rounds without a kill in between; return the seconds of one, start included."""
    start = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as builder:
        assert builder.stdout is not None
        for _ in range(ROUNDS):
            while builder.stdout.readline() != "built\n":
                assert builder.poll() is None
        builder.kill()
    return (time.monotonic() - start) / ROUNDS


def _simulate(folder: Path, files: Path, sessions: int) -> list[Path]:
    """Write each session in several sizes; return the files of the first size."""
    from shifted import Shifted, weekdays

    source, first = Shifted(files, base=folder / "base"), []
    for session in islice(weekdays(FIRST), sessions):
        sizes = [source.files(session, lots=lots) for lots in range(1, SIZES + 1)]
        first += sizes[0]
    return first


def _build_and_kill(code: str, seen: Seen, after: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as builder:
        try:
            builder.wait(after)
        except subprocess.TimeoutExpired:
            os.kill(builder.pid, signal.SIGKILL)
            seen.kills += 1
        out, said = builder.communicate()
    seen.builds += out.count("built")
    seen.tidied += out.count("tidied")
    seen.complaints += said.splitlines()[-1:]


def _tidy(chosen: object) -> int:
    """Run gc and return the bytes on disk."""
    from spymaster import operations

    operations.gc(chosen, wait=10)
    there = [path for path in chosen.warehouse.rglob("*") if path.is_file()]
    return sum(path.stat().st_blocks * 512 for path in there if not path.is_symlink())


@contextmanager
def _reading(link: Path, stop: Path, seen: Seen, pause: float) -> Iterator[None]:
    """Let three readers read until the end, and note what they saw."""
    with ExitStack() as ending:
        readers = {}
        for name in ("opens", "keeps"):
            args = [sys.executable, "-c", OPENING, str(link), str(stop), QUESTION, name, str(pause)]
            readers[name] = ending.enter_context(
                subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
            )
        args = [sys.executable, __file__, "--shell", str(link), str(stop), str(5 * pause)]
        readers["shell"] = ending.enter_context(
            subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
        )
        try:
            yield
        finally:
            stop.touch()
        for name, reader in readers.items():
            seen.readers[name] = json.loads(reader.communicate()[0])


def _shell(link: Path, stop: Path, pause: float) -> None:
    """Ask through DuckDB's command line, which opens the link itself."""
    program = Path(sys.executable).with_name("duckdb")
    seen = {"reads": 0, "failed": [], "torn": [], "catalogs": 0, "files": []}
    while not stop.exists():
        done = subprocess.run(
            [program, "-readonly", "-json", link, "-c", QUESTION],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or done.stderr:
            seen["failed"].append(done.stderr[:300])
            continue
        seen["reads"] += 1
        (row,) = json.loads(done.stdout)
        if (row["matched"], row["ratios"]) != (2 * row["sessions"], 1) or not row["sessions"]:
            seen["torn"].append(row)
        time.sleep(pause)
    print(json.dumps(seen))


if __name__ == "__main__":
    if sys.argv[1] == "--shell":
        _shell(Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
    else:
        main()
