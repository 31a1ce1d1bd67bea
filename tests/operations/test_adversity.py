"""A full disk, a warehouse that may not be written, a clock put back, schedulers at once.

Each ends in one line or waits its turn, loses nothing, and leaves readers a valid catalog.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from building.test_processes import add, built, highs
from desk import FRI, MON, WED, Desk
from leftovers import unknown_files
from spymaster import operations
from spymaster.catalog import publish as publishing
from spymaster.catalog import write as catalog

RUN = """
import resource, sys
from pathlib import Path
from spymaster import operations
from spymaster.cli.guard import ending
from spymaster.settings import Settings
from spymaster.warehouse import duck
warehouse, sql, largest, wait = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])
if largest:
    sys.dont_write_bytecode = True  # it would be cut short too, which the next import does not see
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
try:
    report = operations.run(Settings(warehouse=warehouse), sql=sql, wait=wait)
except BaseException as error:
    known = ending(error)
    if known is None:
        raise
    said, code = known
    print(said, file=sys.stderr)
else:
    code = report.exit_code
    print("built", len(report.built))
    for line in report.failures:
        print("error:", line, file=sys.stderr)
raise SystemExit(code)
"""
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
"""Root may write everywhere; without these two capabilities it may not."""


def run_args(desk: Desk, *, largest: int = 0, wait: int = 0) -> list[str]:
    """Return the command of a run in another process, its files at most so many bytes long."""
    paths = [str(desk.settings.warehouse), str(desk.sql)]
    return [sys.executable, "-c", RUN, *paths, str(largest), str(wait)]


def end(args: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(args, capture_output=True, text=True, check=False, timeout=120)


def in_namespace(desk: Desk, mount: str) -> list[str]:
    """Return a run in a mount namespace of its own, where something is mounted first."""
    warehouse = shlex.quote(str(desk.settings.warehouse))
    command = shlex.join(run_args(desk))
    return ["unshare", "--mount", "sh", "-c", mount.format(warehouse=warehouse) + f" && {command}"]


def may_mount() -> bool:
    """Whether a file system can be mounted in a namespace of one's own."""
    if not shutil.which("unshare"):
        return False
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return end(probe).returncode == 0


mounts = pytest.mark.skipif(not may_mount(), reason="no file system may be mounted here")


def said(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what a failed run says: a line for itself, or one for each session."""
    lines = result.stderr.splitlines()
    assert 1 <= len(lines) <= 3
    assert all(line.startswith("error: ") for line in lines)
    return lines


def single(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a failed run says."""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line


@pytest.mark.parametrize(
    "largest",
    [
        *(pytest.param(n, marks=pytest.mark.thorough) for n in (200, 100_000, 600_000)),
        *(pytest.param(n, marks=pytest.mark.slow) for n in (4_000, 2_000_000)),
    ],
)
def test_a_file_that_cannot_grow_stops_the_run_in_one_line_and_loses_nothing(
    desk: Desk, largest: int
) -> None:
    built(desk)
    before = highs(desk)
    add(desk, 5)
    result = end(run_args(desk, largest=largest))
    assert result.returncode == 1 or largest == 2_000_000, result.stderr
    if result.returncode:
        assert all("File too large" in line for line in said(result))
        assert highs(desk) == before
    assert desk.run().exit_code == 0
    assert highs(desk) == [(15.0,)] * 3
    operations.gc(desk.settings, sql=desk.sql)
    assert unknown_files(desk.layout) == set()


@mounts
@pytest.mark.parametrize(
    "kilobytes",
    [
        8,
        pytest.param(64, marks=pytest.mark.slow),
        pytest.param(1_400, marks=pytest.mark.thorough),
    ],
)
def test_a_full_disk_stops_the_run_in_one_line_and_loses_nothing(
    desk: Desk, kilobytes: int
) -> None:
    """A disk with the warehouse on it and so many kilobytes left."""
    built(desk)
    before = highs(desk)
    add(desk, 5)
    size = sum(path.lstat().st_blocks // 2 for path in desk.layout.root.rglob("*")) + kilobytes
    disk = shlex.quote(str(desk.layout.root.with_name("disk")))
    # copied there and back: the disk is gone with the namespace
    mount = (
        f"mkdir {disk} && mount -t tmpfs -o size={size}k tmpfs {disk}"
        f" && cp -a {{warehouse}}/. {disk} && mount --bind {disk} {{warehouse}}"
    )
    args = in_namespace(desk, mount)
    kept = shlex.quote(str(desk.layout.root.with_name("kept")))
    args[-1] += f"; code=$?; cp -a {shlex.quote(str(desk.layout.root))} {kept}; exit $code"
    result = end(args)
    assert result.returncode == 1, result.stdout + result.stderr
    assert all("No space left on device" in line for line in said(result))
    shutil.rmtree(desk.layout.root)
    desk.layout.root.with_name("kept").rename(desk.layout.root)
    assert highs(desk) == before
    assert desk.run().exit_code == 0
    assert highs(desk) == [(15.0,)] * 3


@mounts
def test_a_read_only_warehouse_is_named_and_can_be_read(desk: Desk) -> None:
    built(desk)
    add(desk, 5)
    mount = "mount --bind {warehouse} {warehouse} && mount -o remount,ro,bind {warehouse}"
    result = end(in_namespace(desk, mount))
    assert result.returncode == 1
    assert single(result) == f"error: {desk.layout.lock}: Read-only file system"
    assert highs(desk) == [(10.0,)] * 3


@pytest.mark.parametrize(
    "folder",
    [
        "catalog",
        *(
            pytest.param(name, marks=pytest.mark.thorough)
            for name in (".", "models/market.days", "tmp")
        ),
    ],
)
def test_a_folder_that_may_not_be_written_is_named(desk: Desk, folder: str) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and cannot lay that down here")
    built(desk)
    add(desk, 5)
    path = desk.layout.root / folder
    for one in (path, *path.rglob("*")):
        one.chmod(0o555 if one.is_dir() else 0o444)
    result = end([*(UNPRIVILEGED if os.geteuid() == 0 else []), *run_args(desk)])
    for one in (path, *path.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    assert result.returncode == 1
    assert "Permission denied" in single(result)
    assert highs(desk) == [(10.0,)] * 3
    assert desk.run().exit_code == 0
    assert highs(desk) == [(15.0,)] * 3


@pytest.mark.thorough
def test_a_clock_put_back_leaves_the_newest_catalog_the_one_that_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(desk)

    class PutBack(datetime):
        behind = timedelta()

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - cls.behind

    monkeypatch.setattr(publishing, "datetime", PutBack)
    names = [desk.layout.link.resolve().name]
    for number in range(1, 6):
        PutBack.behind = timedelta(days=number)
        add(desk, number)
        desk.run()
        names.append(desk.layout.link.resolve().name)
        assert highs(desk) == [(10.0 + number,)] * 3
        operations.gc(desk.settings, sql=desk.sql)
        kept = [path.name for path in catalog.kept(desk.layout)]
        assert kept == names[: -catalog.KEPT - 1 : -1]
    assert names == sorted(names)
    assert desk.run().built == []


@pytest.mark.thorough
def test_of_schedulers_at_once_one_builds_and_the_others_leave_with_3(desk: Desk) -> None:
    built(desk)
    add(desk, 5)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(run_args(desk), **pipes) for _ in range(4)]
    ends = [(*process.communicate(), process.returncode) for process in running]
    assert {code for *_, code in ends} <= {0, 3}
    assert [out for out, _, _ in ends].count("built 6\n") == 1
    for _, said, code in ends:
        assert code == 0 or re.fullmatch(r"error: .*: held by spymaster run \(pid .*\n", said)
    assert highs(desk) == [(15.0,)] * 3


@pytest.mark.thorough
def test_schedulers_that_wait_take_their_turns(desk: Desk) -> None:
    for day in (MON, WED, FRI):
        desk.land(day, 10.0)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(run_args(desk, wait=90), **pipes) for _ in range(3)]
    ends = [(*process.communicate(), process.returncode) for process in running]
    assert sorted(ends) == [("built 0\n", "", 0)] * 2 + [("built 9\n", "", 0)]
    assert highs(desk) == [(10.0,)] * 3
