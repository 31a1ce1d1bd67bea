"""Bad files: one line each, nothing left behind, and the others land."""

import json
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from land.files import DAY_NS, HOUR_NS, orders, write
from spymaster.land import land
from spymaster.land.dbn import new_records
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

Damage = Callable[[Path], None]


def cut(count: int) -> Damage:
    return lambda path: path.write_bytes(path.read_bytes()[:-count]) and None


def become(content: bytes) -> Damage:
    return lambda path: path.write_bytes(content) and None


@contextmanager
def files_of_at_most(count: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


DAMAGE = {
    "truncated zstd": ("day.dbn.zst", cut(1_000), "Truncated compressed stream"),
    "its last byte missing": ("day.dbn.zst", cut(1), "Truncated compressed stream"),
    "a truncated record": ("day.dbn", cut(16), "ends 40 bytes into record 4999"),
    "a truncated header": ("day.dbn", cut(5_000 * 56 + 9), "ends within its header"),
    "zero bytes": ("day.dbn", become(b""), "zero bytes"),
    "not DBN": ("day.dbn", become(b"PK\3\4 some archive"), "not a DBN file: begins with b'PK"),
    "not DBN, short": ("day.dbn", become(b"x"), "not a DBN file: begins with b'x'"),
    "a version to come": (
        "day.dbn",
        become(b"DBN\x09" + bytes(400)),
        "DBN version 9; allowed: 1, 2, 3",
    ),
    "version 0": ("day.dbn", become(b"DBN\0" + bytes(400)), "DBN version 0; allowed: 1, 2, 3"),
    "a header that aborts the decoder": (
        "day.dbn",
        become(b"DBN\3\x65\0\0\0GLBX.MDP3" + bytes(92)),
        "header of 101 bytes; allowed: 104 to",
    ),
    "an endless header": (
        "day.dbn",
        become(b"DBN\3\xff\xff\xff\xff"),
        "header of 4294967295 bytes",
    ),
}


@pytest.mark.parametrize(("name", "damage", "said"), DAMAGE.values(), ids=DAMAGE)
def test_a_bad_file_lands_nothing_and_the_others_land(
    settings: Settings, layout: Layout, tmp_path: Path, name: str, damage: Damage, said: str
) -> None:
    bad = write(tmp_path / "in" / name, orders(5_000))
    damage(bad)
    write(tmp_path / "in" / "other.dbn", orders(5, instruments=(8,)))
    refused, landed = land([tmp_path / "in"], settings)
    assert (refused.outcome, refused.exit_code, landed.outcome) == ("refused", 1, "landed")
    assert refused.message.startswith(f"{bad}: ")
    assert said in refused.message
    assert "\n" not in refused.message
    assert {part.file_id for part in Ledger(layout).partitions()} == {
        part.file_id for part in landed.partitions
    }
    assert len(list(layout.root.rglob("*.parquet"))) == len(landed.partitions)
    assert not list(layout.tmp.iterdir())


def test_a_manifest_nested_beyond_reason_is_refused(settings: Settings, tmp_path: Path) -> None:
    write(tmp_path / "day.dbn", orders(5))
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    refused = land([tmp_path / "day.dbn"], settings)[0]
    assert refused.message.startswith(f"{tmp_path / 'manifest.json'}: not the manifest of a batch")


@pytest.mark.parametrize("dataset", ["\\ud800", "a b", ""])
def test_a_dataset_that_is_no_code_is_refused(
    settings: Settings, tmp_path: Path, dataset: str
) -> None:
    (tmp_path / "metadata.json").write_text(f'{{"query": {{"dataset": "{dataset}"}}}}')
    (tmp_path / "condition.json").write_text('[{"date": "2024-03-05", "condition": "available"}]')
    refused = land([tmp_path / "condition.json"], settings)[0]
    assert refused.message.startswith(f"{tmp_path / 'metadata.json'}: does not say the dataset")
    assert refused.message.isascii()


def test_a_flipped_byte_of_a_real_file_is_noticed(
    shared_data: Path, settings: Settings, tmp_path: Path
) -> None:
    content = bytearray((shared_data / "glbx" / "esh4-20231225.mbo.dbn.zst").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "day.dbn.zst").write_bytes(content)
    refused = land([tmp_path / "day.dbn.zst"], settings)[0]
    assert "ZSTD decompress failed" in refused.message


def test_a_record_of_another_kind_is_refused(settings: Settings, tmp_path: Path) -> None:
    records = orders(10)
    records["rtype"][7] = 23
    refused = land([write(tmp_path / "day.dbn", records)], settings)[0]
    assert "record 7 has rtype 23 and 56 bytes; every mbo record has rtype 160" in refused.message


def test_a_record_of_another_length_is_refused(settings: Settings, tmp_path: Path) -> None:
    records = orders(50_000)
    records["length"][40_000] = 15
    refused = land([write(tmp_path / "day.dbn", records)], settings)[0]
    assert "record 40000 has rtype 160 and 60 bytes; every mbo record" in refused.message


def test_a_record_without_a_time_is_refused(settings: Settings, tmp_path: Path) -> None:
    records = orders(10)
    records["ts_recv"][4] = 2**64 - 1
    refused = land([write(tmp_path / "day.dbn", records)], settings)[0]
    allowed = "allowed: 1990-01-02 to 2199-12-30"
    assert refused.message.endswith(f"record 4 has an undefined ts_recv; {allowed}")
    for ns, said in ((5 * 10**9, "1970-01-01"), (2**63 - 1, "2262-04-11")):
        records["ts_recv"][4] = ns
        refused = land([write(tmp_path / "day.dbn", records)], settings)[0]
        assert refused.message.endswith(f"record 4 has ts_recv {said}; {allowed}")


def test_text_that_is_no_text_is_refused(settings: Settings, tmp_path: Path) -> None:
    records = new_records("definition", 2)
    records["ts_recv"], records["raw_symbol"] = DAY_NS, b"ES\xff4"
    refused = land([write(tmp_path / "day.dbn", records, "definition")], settings)[0]
    assert (refused.outcome, "UTF8" in refused.message) == ("refused", True)


def test_a_date_that_comes_back_after_many_others_is_refused(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    records = orders(300_000, start_ns=DAY_NS, step_ns=24 * HOUR_NS // 20_000)
    records["ts_recv"][-1] = DAY_NS
    refused = land([write(tmp_path / "long.dbn", records)], settings)[0]
    assert "records of 2024-01-09 come back after those of later dates" in refused.message
    assert not list(layout.tmp.iterdir())


def test_a_file_that_may_not_be_read_is_refused(settings: Settings, tmp_path: Path) -> None:
    refused = land([Path("/proc/self/mem")], settings)[0]
    assert refused.outcome == "refused"
    assert "\n" not in refused.message


def manifest(folder: Path, name: str, digest: str) -> None:
    entry = {"filename": name, "size": 1, "hash": f"sha256:{digest}"}
    (folder / "manifest.json").write_text(json.dumps({"job_id": "GLBX-1", "files": [entry]}))


def test_a_file_that_its_manifest_disowns_is_refused(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn", orders(5))
    manifest(tmp_path, source.name, "00" * 32)
    refused = land([source], settings)[0]
    assert (refused.outcome, refused.exit_code) == ("refused", 1)
    assert f"manifest.json says {'00' * 32}" in refused.message


def test_a_file_that_its_manifest_vouches_for_lands(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn", orders(5))
    manifest(tmp_path, source.name, sha256(source.read_bytes()).hexdigest())
    assert land([source], settings)[0].outcome == "landed"


@pytest.mark.parametrize("content", ["{", "[]", '{"files": [{"name": 1}]}'])
def test_a_broken_manifest_vouches_for_nothing(
    settings: Settings, tmp_path: Path, content: str
) -> None:
    source = write(tmp_path / "day.dbn", orders(5))
    (tmp_path / "manifest.json").write_text(content)
    refused = land([source], settings)[0]
    assert "not the manifest of a batch" in refused.message


def test_arrays_of_no_records_are_no_batch(settings: Settings, tmp_path: Path) -> None:
    records = np.concatenate([orders(1 << 18), orders(0)])
    assert land([write(tmp_path / "day.dbn", records)], settings)[0].records == 1 << 18


def test_symbols_that_the_disk_refuses_refuse_their_file_alone(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """They are written last, when the records of the file have gone through."""
    many = write(tmp_path / "many.dbn", orders(5), symbols={f"S{n}": n for n in range(20_000)})
    few = write(tmp_path / "few.dbn", orders(5))
    with files_of_at_most(20_000):
        refused, other = land([many, few], settings)
    assert refused.message.startswith(f"{many}: cannot be landed in {layout.root}: ")
    assert "File too large" in refused.message
    assert other.message.startswith(f"{layout.ledger}: cannot be written: ")
    assert not list(layout.tmp.iterdir())


def test_a_damaged_partition_is_named_and_can_be_landed_again(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    old, new = write(tmp_path / "old.dbn", orders(5)), write(tmp_path / "new.dbn", orders(6))
    land([old], settings)
    (damaged,) = layout.root.rglob("mbo/**/*.parquet")
    damaged.write_bytes(damaged.read_bytes()[:-9])
    for replace in (False, True):
        refused = land([new], settings, replace=replace)[0]
        assert refused.message.startswith(f"{damaged}: ")
        assert refused.message.endswith("; remove it, then land its source again")
    damaged.unlink()
    assert land([old], settings)[0].outcome == "landed"


def test_a_name_that_is_no_text_lands(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    named = write(tmp_path / "day.dbn", orders(5)).rename(tmp_path / os.fsdecode(b"day\xff.dbn"))
    assert land([named], settings)[0].outcome == "landed"
    assert {part.source for part in Ledger(layout).partitions()} == {f"{tmp_path}/day\\xff.dbn"}
