"""What the vendor says of days: one partition for each thing said, once, and bad files named."""

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from land.files import orders, write
from spymaster.land import Landing, land
from spymaster.planning.sessions import Landed
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import raw_relations
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger, Partition

Day = tuple[Any, ...]
"""Date, condition, date of the last change."""
TUE, WED, SAT = "2024-01-09", "2024-01-10", "2024-01-13"
GOOD = ((TUE, "available", "2024-01-10"), (WED, "degraded", "2024-01-11"), (SAT, "missing", None))
ALLOWED = "allowed: available, intraday, degraded, pending, missing"
DATES = "allowed: YYYY-MM-DD from 1970-01-01 to 2261-12-31"


def said(folder: Path, days: Sequence[Day] = GOOD, dataset: str = "GLBX.MDP3") -> Path:
    """Write what comes with a batch job besides the records, as the vendor does."""
    names = ("date", "condition", "last_modified_date")
    return spelled(folder, [dict(zip(names, day, strict=True)) for day in days], dataset)


def spelled(folder: Path, content: Any, dataset: str = "GLBX.MDP3") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.json").write_text(json.dumps({"query": {"dataset": dataset}}))
    path = folder / "condition.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=4))
    return path


def one(path: Path, settings: Settings) -> Landing:
    (landing,) = land([path], settings)
    return landing


def partitions(layout: Layout) -> list[Partition]:
    return [part for part in Ledger(layout).partitions() if part.schema == "condition"]


def rows(layout: Layout) -> list[tuple[Any, ...]]:
    """Return what is in every file of the relation."""
    files = f"'{layout.root}/raw/condition/*.parquet'"
    query = "select date::varchar, condition, last_modified_date::varchar, dataset"
    with duck.in_memory(layout.tmp / "spill") as connection:
        return connection.execute(f"{query} from {files} order by all").fetchall()


def test_a_day_is_a_partition_of_one_file_as_raw_yml_promises(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    landing = one(said(tmp_path / "job"), settings)
    assert (landing.outcome, landing.schema, landing.records) == ("landed", "condition", 3)
    assert rows(layout) == [(*day, "GLBX.MDP3") for day in GOOD]
    promised = [(col.name, col.type) for col in raw_relations()["condition"].columns]
    for part in landing.partitions:
        path = layout.root / part.file
        assert path.parent.name == "condition"
        with duck.in_memory(tmp_path / "spill") as connection:
            described = connection.execute(f"describe from '{path}'").fetchall()
            kept = connection.execute(f"select date, file_id from '{path}'").fetchall()
        assert [row[:2] for row in described] == promised
        assert kept == [(other.date, other.file_id) for other in landing.partitions]
        assert (part.dataset, part.records, part.instruments) == ("GLBX.MDP3", 1, ())


def test_a_line_names_the_days_that_are_not_simply_available(
    settings: Settings, tmp_path: Path
) -> None:
    path = said(tmp_path / "job")
    assert one(path, settings).message == f"{path}: 3 conditions; degraded: {WED}; missing: {SAT}"
    days = [(f"2024-02-{day:02}", "pending", None) for day in range(1, 6)]
    other = said(tmp_path / "later", days)
    listed = "2024-02-01, 2024-02-02, 2024-02-03 and 2 more"
    assert one(other, settings).message == f"{other}: 5 conditions; pending: {listed}"


def test_landing_twice_changes_nothing_nor_does_the_same_word_of_another_job(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    first = one(said(tmp_path / "a"), settings)
    before = Ledger(layout).partitions()
    other = said(tmp_path / "b", GOOD[1:])
    again = land([tmp_path / "a", other], settings)
    assert [landing.outcome for landing in again] == ["already landed"] * 2
    assert again[0].partitions == first.partitions
    assert Ledger(layout).partitions() == before


def test_only_what_changed_lands_beside_what_was_said_before(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    first = one(said(tmp_path / "a"), settings)
    later = ((TUE, "available", "2024-01-10"), (WED, "available", "2024-03-01"), GOOD[2])
    second = one(said(tmp_path / "b", later), settings)
    assert [str(part.date) for part in second.partitions] == [WED]
    assert second.message.endswith("condition.json: 1 condition")
    assert set(partitions(layout)) == {*first.partitions, *second.partitions}
    assert [row[:3] for row in rows(layout)] == sorted([*GOOD, later[1]], key=str)


def test_the_same_bytes_of_another_dataset_are_another_word(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    one(said(tmp_path / "a"), settings)
    assert one(said(tmp_path / "b", dataset="XNAS.ITCH"), settings).outcome == "landed"
    assert [row[3] for row in rows(layout)] == ["GLBX.MDP3", "XNAS.ITCH"] * 3


def test_a_folder_lands_with_what_is_said_of_it(settings: Settings, tmp_path: Path) -> None:
    write(tmp_path / "job" / "day.dbn.zst", orders(5))
    said(tmp_path / "job")
    said(tmp_path / "words only")
    landings = land([tmp_path], settings)
    assert [(landing.file.name, landing.outcome) for landing in landings] == [
        ("condition.json", "landed"),
        ("day.dbn.zst", "landed"),
        ("condition.json", "already landed"),
    ]


def test_a_replaced_file_leaves_what_was_said(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    land([write(tmp_path / "a.dbn", orders(5)), said(tmp_path / "job")], settings)
    before = partitions(layout)
    land([write(tmp_path / "b.dbn", orders(6))], settings, replace=True)
    assert partitions(layout) == before


def test_words_alone_are_no_session(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    one(said(tmp_path / "job"), settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert landed.sessions == ()
    land([write(tmp_path / "day.dbn", orders(2_000, step_ns=40 * 10**9))], settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert landed.sessions == (date(2024, 1, 9),)
    assert [str(part.date) for part in landed.files("raw.condition", date(2024, 1, 9))] == [TUE]


def test_a_lost_partition_lands_again(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    path = said(tmp_path / "job")
    first = one(path, settings)
    one(said(tmp_path / "later", [(WED, "available", "2024-03-01")]), settings)
    (layout.root / first.partitions[0].file).unlink()
    again = one(path, settings)
    assert [part.key for part in again.partitions] == [part.key for part in first.partitions]
    assert len(rows(layout)) == 4


def test_a_vendor_that_says_nothing_says_nothing_wrong(settings: Settings, tmp_path: Path) -> None:
    landing = one(said(tmp_path / "job", []), settings)
    assert (landing.outcome, landing.records, landing.exit_code) == ("already landed", 0, 0)


MALFORMED: dict[str, tuple[Any, str]] = {
    "cut": ('[{"date": "2024-', "Unterminated string"),
    "empty": ("", "Expecting value"),
    "no list": ({"date": TUE}, "{'date': '2024-01-09'}; allowed: a list of days"),
    "endless": ("[" * 100_000, "recursion"),
    "no object": ([TUE], f"entry 0: '{TUE}'; allowed: an object with date and condition"),
    "no condition": ([{"date": TUE}], f"entry 0: condition None; {ALLOWED}"),
    "another condition": ([{"date": TUE, "condition": "Degraded"}], f"'Degraded'; {ALLOWED}"),
    "a list of conditions": ([{"date": TUE, "condition": ["missing"]}], f"['missing']; {ALLOWED}"),
    "no date": ([{"condition": "missing"}], f"entry 0: date None; {DATES}"),
    "no such date": ([{"date": "2024-02-30", "condition": "missing"}], f"'2024-02-30'; {DATES}"),
    "a time": ([{"date": f"{TUE}T00:00", "condition": "missing"}], f"'{TUE}T00:00'; {DATES}"),
    "a date of another form": ([{"date": "20240109", "condition": "missing"}], DATES),
    "a number": ([{"date": 20240109, "condition": "missing"}], f"date 20240109; {DATES}"),
    "too late": ([{"date": "9999-12-31", "condition": "missing"}], f"'9999-12-31'; {DATES}"),
    "no date of change": (
        [{"date": TUE, "condition": "missing", "last_modified_date": "never"}],
        f"entry 0: last_modified_date 'never'; {DATES}",
    ),
    "twice": (
        [{"date": TUE, "condition": "missing"}, {"date": TUE, "condition": "pending"}],
        f"entry 1: {TUE} for the second time; allowed: once",
    ),
}


@pytest.mark.parametrize(("content", "found"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_refused_whole_in_one_line_and_the_others_land(
    settings: Settings, layout: Layout, tmp_path: Path, content: Any, found: str
) -> None:
    path = spelled(tmp_path / "job", content)
    write(tmp_path / "job" / "day.dbn", orders(5))
    refused, landed = land([tmp_path], settings)
    assert (refused.outcome, refused.exit_code, landed.outcome) == ("refused", 1, "landed")
    assert refused.message.startswith(f"{path}: not the conditions of a batch: ")
    assert found in refused.message
    assert "\n" not in refused.message
    assert len(refused.message) < 400
    assert partitions(layout) == []
    assert not list(layout.tmp.iterdir())


@pytest.mark.parametrize(
    "metadata", [None, "{", "[]", "{}", '{"query": {"dataset": 5}}', '{"query": {"dataset": ""}}']
)
def test_a_folder_that_does_not_say_its_dataset_is_named(
    settings: Settings, layout: Layout, tmp_path: Path, metadata: str | None
) -> None:
    path = said(tmp_path / "job")
    beside = path.with_name("metadata.json")
    beside.unlink() if metadata is None else beside.write_text(metadata)
    refused = one(path, settings)
    assert (refused.outcome, refused.exit_code) == ("refused", 1)
    assert refused.message.startswith(f"{beside}: does not say the dataset of condition.json: ")
    assert "\n" not in refused.message
    assert partitions(layout) == []


def test_the_manifest_counts_for_words_too(settings: Settings, tmp_path: Path) -> None:
    path = said(tmp_path / "job")
    manifest = path.with_name("manifest.json")
    entry = {"filename": "condition.json", "hash": f"sha256:{'00' * 32}"}
    manifest.write_text(json.dumps({"files": [entry]}))
    assert "manifest.json says 0000" in one(path, settings).message
    entry["hash"] = f"sha256:{sha256(path.read_bytes()).hexdigest()}"
    manifest.write_text(json.dumps({"files": [entry]}))
    assert one(path, settings).outcome == "landed"
