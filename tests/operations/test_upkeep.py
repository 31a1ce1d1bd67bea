"""What gc removes and what it leaves, and what doctor says of a warehouse."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from building.test_processes import DIE, add, built, highs, script
from desk import FRI, MON, WED, Desk
from leftovers import unknown_files
from spymaster import operations
from spymaster.catalog import write as catalog
from spymaster.errors import LockedError
from spymaster.operations.doctor import Check
from spymaster.warehouse import duck, files
from spymaster.warehouse.lock import writer


def gc(desk: Desk, **given: bool) -> list[str]:
    """Return what was removed, below the warehouse folder."""
    found = operations.gc(desk.settings, sql=desk.sql, **given)
    return [str(orphan.path.relative_to(desk.layout.root)) for orphan in found]


def doctor(desk: Desk) -> dict[str, Check]:
    return {check.name: check for check in operations.doctor(desk.settings, sql=desk.sql)}


@pytest.mark.thorough
def test_gc_leaves_what_the_last_three_catalogs_list_and_nothing_else(desk: Desk) -> None:
    built(desk)
    for number in range(1, 5):
        add(desk, number)
        desk.run()
    assert len(gc(desk, dry_run=True)) == 12  # two models of three sessions, twice replaced
    assert len(unknown_files(desk.layout)) == 12
    assert len(gc(desk)) == 12
    assert unknown_files(desk.layout) == set()
    assert gc(desk) == []
    for at, path in enumerate(catalog.kept(desk.layout)):
        with duck.read_only(path) as reader:
            rows = reader.execute("select high from ranks order by session").fetchall()
        assert rows == [(14.0 - at,)] * 3
    assert desk.run().built == []


def test_gc_leaves_what_was_built_and_not_yet_published(desk: Desk) -> None:
    built(desk)
    add(desk, 5)
    # six partitions are settled and on record, in a ledger written five times; the catalog is not
    dies = script(desk, before=DIE.format(renames=11))
    assert subprocess.run(dies, check=False).returncode == 9
    removed = gc(desk)
    assert removed
    assert all(name.startswith("tmp/") for name in removed)
    assert desk.run().built == []
    assert highs(desk) == [(15.0,)] * 3


@pytest.mark.thorough
def test_gc_removes_replaced_records_once_no_kept_catalog_lists_them(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.land(MON, 15.0, name="again", replace=True)
    desk.run()
    assert gc(desk) == []
    for number in range(1, 3):
        add(desk, number)
        desk.run()
    assert [name.split("/")[:2] for name in gc(desk)] == [["models", "levels.ranks"]] * 1 + [
        ["models", "market.days"],
        ["models", "market.lows"],
        ["raw", "trades"],
    ]
    assert highs(desk) == [(17.0,)]


def test_gc_removes_what_killed_commands_left(desk: Desk) -> None:
    built(desk)
    half = desk.layout.tmp / "123-abc" / "spill"
    half.mkdir(parents=True)
    (half / "x").write_bytes(b"12345")
    desk.layout.link.with_name(".spymaster.duckdb.123").symlink_to("catalog/none")
    (desk.layout.catalogs / "spymaster_20000101T000000000000Z.duckdb.wal").write_bytes(b"1")
    found = operations.gc(desk.settings, sql=desk.sql)
    assert [orphan.kind for orphan in found] == ["catalog", "temporary", "temporary"]
    assert sum(orphan.bytes for orphan in found if orphan.path.is_relative_to(desk.layout.tmp)) == 5
    assert unknown_files(desk.layout) == set()


def test_gc_leaves_what_somebody_put_beside_the_catalogs(desk: Desk) -> None:
    built(desk)
    for name in ("notes.txt", f"{desk.layout.link.resolve().stem}_copy.duckdb"):
        (desk.layout.catalogs / name).write_bytes(b"1")
    assert gc(desk) == []


def test_gc_leaves_links_and_what_they_lead_to(desk: Desk, tmp_path: Path) -> None:
    """Who has moved a schema to another disk must not lose it, nor a link that leads nowhere."""
    built(desk)
    records, disk = desk.layout.root / "raw" / "trades", tmp_path / "disk"
    records.rename(disk)
    records.symlink_to(disk)
    (desk.layout.root / "models" / "nowhere").symlink_to(tmp_path / "nowhere")
    (desk.layout.tmp / "left").mkdir()
    (desk.layout.tmp / "left" / "nowhere").symlink_to(tmp_path / "nowhere")
    assert gc(desk) == ["tmp/left"]
    assert desk.rows("select count(*) from raw.trades") == [(3,)]


def test_doctor_is_not_put_out_by_what_goes_while_it_looks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a build has in its scratch folder, and readers in the system's, comes and goes."""
    built(desk)
    module = sys.modules["spymaster.operations.gc"]
    monkeypatch.setattr(module, "_entries", lambda folder: [folder / "gone"])
    assert doctor(desk)["orphans"].problem is None
    assert list(module._files(tmp_path / "gone")) == []
    monkeypatch.setattr(Path, "glob", lambda folder, _: [folder / "gone"])
    monkeypatch.setattr(Path, "is_dir", lambda path: True)
    assert files.left_spills() == []


@pytest.mark.thorough
def test_gc_removes_a_model_s_partitions_when_the_model_is_gone(desk: Desk) -> None:
    built(desk)
    (desk.sql / "market/lows.sql").unlink()
    for number in range(1, 4):
        add(desk, number)
        desk.run()
    removed = gc(desk)
    assert {name.split("/")[1] for name in removed} >= {"market.lows"}
    assert not (desk.layout.root / "models/market.lows").exists()


def test_gc_yields_to_a_build(desk: Desk) -> None:
    built(desk)
    with writer(desk.layout, "spymaster run"), pytest.raises(LockedError, match="spymaster run"):
        gc(desk)


def test_gc_of_no_warehouse_does_nothing(desk: Desk) -> None:
    desk.layout.root.rmdir()
    assert gc(desk) == []
    assert not desk.layout.root.exists()


def kill_builds(desk: Desk, times: int, seed: int) -> None:
    built(desk)
    moments = random.Random(seed)
    for number in range(1, times + 1):
        old = highs(desk)
        add(desk, number)
        with subprocess.Popen(script(desk), stderr=subprocess.DEVNULL) as process:
            time.sleep(moments.uniform(0.1, 1.5))
            os.kill(process.pid, signal.SIGKILL)
        assert highs(desk) in (old, [(10.0 + number,)] * 3)
        gc(desk)
        assert unknown_files(desk.layout) == set()
        assert highs(desk) in (old, [(10.0 + number,)] * 3)
    desk.run()
    assert highs(desk) == [(10.0 + times,)] * 3


@pytest.mark.thorough
def test_a_build_killed_at_any_moment_leaves_a_catalog_and_no_orphan(desk: Desk) -> None:
    """The old catalog or the new one."""
    kill_builds(desk, 4, seed=11)


@pytest.mark.slow
def test_no_orphan_is_left_after_many_builds_killed_at_any_moment(desk: Desk) -> None:
    kill_builds(desk, 60, seed=12)


def test_a_healthy_warehouse_has_no_problem(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABENTO_API_KEY", "db-secret")
    built(desk)
    checks = doctor(desk)
    assert [check for check in checks.values() if check.problem] == []
    assert checks["key"].found == "DATABENTO_API_KEY is set"
    assert not any("secret" in str(check) for check in checks.values())
    assert checks["writer"].found == "nobody"
    assert checks["sessions"].found == "3, 0 to build"
    assert checks["orphans"].found == "none"


@pytest.mark.thorough
def test_doctor_counts_what_is_to_build_and_to_remove_and_names_the_writer(desk: Desk) -> None:
    built(desk)
    for number in range(1, 4):
        add(desk, number)
        desk.run()
    add(desk, 4)
    with writer(desk.layout, "spymaster elsewhere"):
        checks = doctor(desk)
    assert checks["writer"].found.startswith("spymaster elsewhere (pid ")
    assert checks["sessions"].found == "3, 3 to build: 2024-03-04; 2024-03-06; 2024-03-08"
    assert checks["orphans"].found.startswith("6 partition, ")
    assert not any(check.problem for check in checks.values())


def test_doctor_names_what_failed(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.land(WED, 12.0)
    (failure,) = desk.run().failures
    assert doctor(desk)["failed"] == Check("failed", "1", failure)
    desk.run(None, MON, accept="positive", reason="seen")
    desk.run()
    checks = doctor(desk)
    assert checks["failed"].problem is None
    assert checks["accepted"].found.startswith("2024-03-04 audits.positive by ")


def test_doctor_misses_files(desk: Desk) -> None:
    built(desk)
    (lost,) = desk.layout.root.glob(f"models/market.lows/session={FRI}/*")
    lost.unlink()
    (raw,) = desk.layout.root.glob(f"raw/trades/date={MON}/*")
    raw.unlink()
    checks = doctor(desk)
    name = lost.relative_to(desk.layout.root)
    assert checks["catalogs"].problem == f"lists files that are gone, such as {name}; run"
    assert checks["landed"].problem == f"1 are gone, such as {raw}; land again"


@pytest.mark.parametrize(("name", "check"), [("link", "catalogs"), ("ledger", "models")])
def test_doctor_names_what_cannot_be_read(desk: Desk, name: str, check: str) -> None:
    built(desk)
    path: Path = getattr(desk.layout, name).resolve()
    path.chmod(0o644)
    path.write_bytes(b"x" * 5000)
    problem = doctor(desk)[check].problem
    assert problem is not None
    assert "not a valid DuckDB database file" in problem
    assert "\n" not in problem


def test_doctor_of_a_project_that_cannot_be_read_says_so(desk: Desk) -> None:
    built(desk)
    desk.edit("market/lows.sql", "select", "selectt")
    assert str(doctor(desk)["models"].problem).startswith("sql/market/lows.sql:")


def test_doctor_of_nothing_is_well(desk: Desk) -> None:
    desk.layout.root.rmdir()
    checks = doctor(desk)
    assert checks["warehouse"].found.endswith("not there yet")
    assert not any(check.problem for check in checks.values())
