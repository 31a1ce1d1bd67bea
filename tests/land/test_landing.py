"""What landing leaves behind: Parquet as promised, a ledger entry, and nothing the second time."""

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from land.files import DAY, DAY_NS, HOUR_NS, INSTRUMENT, orders, write
from spymaster.errors import LockedError, UsageError
from spymaster.land import Landing, land
from spymaster.land.dbn import RECORDS, DbnReader, new_records
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import raw_relations
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger, Partition
from spymaster.warehouse.lock import writer

TODAY = DAY.date()
TOMORROW = date(2024, 1, 10)


def path_of(layout: Layout, part: Partition) -> Path:
    return layout.root / part.file


def of_schema(landing: Landing, schema: str) -> list[Partition]:
    return [part for part in landing.partitions if part.schema == schema]


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with duck.in_memory(path.parent) as connection:
        return connection.execute(query.format(f"'{path}'")).fetchall()


@pytest.fixture(scope="module")
def real(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Landing], Layout]:
    """All real files, landed."""
    settings = Settings(warehouse=tmp_path_factory.mktemp("real") / "warehouse")
    found = land([shared_data / "glbx", shared_data / "vendor-fixtures"], settings)
    return found, Layout(settings.warehouse)


def test_every_real_file_lands_or_is_refused_with_one_line(
    real: tuple[list[Landing], Layout],
) -> None:
    landings, _ = real
    refused = [landing for landing in landings if landing.outcome == "refused"]
    assert Counter(landing.outcome for landing in landings) == {"landed": 30, "refused": 1}
    assert "schema mbp-10 does not land; allowed: mbo, mbp-1, trades" in refused[0].message
    assert all("\n" not in landing.message for landing in landings)
    assert {landing.schema for landing in landings} == {*RECORDS, None}


def test_a_partition_has_the_types_that_raw_yml_promises(
    real: tuple[list[Landing], Layout],
) -> None:
    landings, layout = real
    partitions = [part for landing in landings for part in landing.partitions]
    assert {part.schema for part in partitions} == set(raw_relations()) - {"condition"}
    for part in partitions:
        described = rows(path_of(layout, part), "describe from {}")
        promised = raw_relations()[part.schema].columns
        assert [row[:2] for row in described] == [(col.name, col.type) for col in promised]


def test_a_partition_holds_the_records_of_its_file(
    shared_data: Path, settings: Settings, layout: Layout
) -> None:
    source = shared_data / "glbx" / "esh4-20231225.mbo.dbn.zst"
    landing = land([source], settings)[0]
    with source.open("rb") as handle:
        records = np.concatenate(list(DbnReader(handle, "source").batches()))
    table = pq.read_table(path_of(layout, of_schema(landing, "mbo")[0])).to_pydict()
    for name in ("order_id", "price", "size", "ts_recv", "ts_event", "flags", "sequence"):
        assert table[name] == records[name].tolist()
    assert table["action"] == [action.decode() for action in records["action"].tolist()]
    assert table["row_no"] == list(range(68_792))
    assert set(table["file_id"]) == {landing.partitions[0].file_id}
    assert set(table["date"]) == {date(2023, 12, 25)}


def test_every_letter_lands_as_it_is(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    records, letters = orders(300_000), [*"ZNAACMTFR~", ""]
    records["action"] = np.resize(np.array(letters, "S1"), len(records))
    records["side"][:200_000], records["side"][200_000:] = b"B", b"A"
    part = of_schema(land([write(tmp_path / "day.dbn", records)], settings)[0], "mbo")[0]
    table = pq.read_table(path_of(layout, part), columns=["action", "side"]).to_pydict()
    assert table["action"] == np.resize(letters, len(records)).tolist()
    assert table["side"] == ["B"] * 200_000 + ["A"] * 100_000


def test_a_partition_is_packed_for_its_readers(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    part = of_schema(land([write(tmp_path / "day.dbn", orders(300_000))], settings)[0], "mbo")[0]
    file = pq.ParquetFile(path_of(layout, part))
    groups = [file.metadata.row_group(index) for index in range(file.num_row_groups)]
    assert 200_000 < groups[0].num_rows <= 1 << 18
    assert sum(group.num_rows for group in groups) == 300_000
    assert all(column.max_definition_level == 0 for column in file.schema), "nothing may be null"
    for group in groups:
        packed = {
            column.path_in_schema: column for column in map(group.column, range(group.num_columns))
        }
        # by these a question about a minute, a day or an instrument passes over row groups
        for name in ("ts_recv", "ts_event", "date", "instrument_id", "row_no"):
            assert packed[name].statistics.has_min_max
        plain = {name for name, column in packed.items() if column.compression != "ZSTD"}
        assert plain == {"order_id", "ts_in_delta"}


def test_texts_keep_what_the_vendor_wrote(
    shared_data: Path, settings: Settings, layout: Layout
) -> None:
    source = shared_data / "glbx" / "ew2f6-options-20260109.definition.dbn.zst"
    part = of_schema(land([source], settings)[0], "definition")[0]
    query = 'select raw_symbol, underlying, "group", settl_currency, leg_side, leg_price from {}'
    assert rows(path_of(layout, part), query) == [("EW2F6 C7000", "ESH6", "EW", "", "N", 2**63 - 1)]


def test_the_ledger_knows_a_landed_file(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn.zst", orders(1_000, instruments=(9, 7)))
    landing = land([source], settings)[0]
    assert Ledger(layout).partitions() == sorted(landing.partitions, key=lambda part: part.schema)
    part = of_schema(landing, "mbo")[0]
    assert (part.date, part.records, part.instruments) == (TODAY, 1_000, (7, 9))
    assert (part.first_ns, part.last_ns, part.gaps) == (DAY_NS, DAY_NS + 999_000, 0)
    assert (part.source, part.dataset) == (str(source), "GLBX.MDP3")
    assert part.bytes == path_of(layout, part).stat().st_size


def test_landing_twice_changes_nothing(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn.zst", orders(1_000))
    first = land([source], settings)[0]
    before = Ledger(layout).partitions()
    copy = tmp_path / "elsewhere.dbn.zst"
    copy.write_bytes(source.read_bytes())
    again = land([source, copy], settings)
    assert [landing.outcome for landing in again] == ["already landed", "already landed"]
    assert [landing.exit_code for landing in again] == [0, 0]
    assert again[0].partitions == tuple(before)
    assert Ledger(layout).partitions() == before
    assert first.records == again[1].records == 1_000


def test_a_lost_partition_lands_again(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn.zst", orders(10))
    path = path_of(layout, of_schema(land([source], settings)[0], "mbo")[0])
    path.unlink()
    assert land([source], settings)[0].outcome == "landed"
    assert path.exists()


def test_a_file_over_midnight_gives_a_partition_for_each_date(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    records = orders(1_000, start_ns=DAY_NS + 24 * HOUR_NS - 400_000)
    landing = land([write(tmp_path / "day.dbn.zst", records)], settings)[0]
    first, second = of_schema(landing, "mbo")
    assert (first.date, first.records) == (TODAY, 400)
    assert (second.date, second.records) == (TOMORROW, 600)
    query = "select min(row_no), max(row_no), min(date) from {}"
    assert rows(path_of(layout, second), query) == [(400, 999, TOMORROW)]


def test_a_clock_that_steps_back_is_counted(settings: Settings, tmp_path: Path) -> None:
    records = orders(300_000, start_ns=DAY_NS + 24 * HOUR_NS - 1_000_000)
    records["ts_recv"][[5, 1_000, 270_000]] -= 100_000
    landing = land([write(tmp_path / "day.dbn.zst", records)], settings)[0]
    assert [part.gaps for part in of_schema(landing, "mbo")] == [2, 1]
    assert landing.message.endswith("of 2024-01-09 to 2024-01-10; the clock steps back 3 times")


def test_a_snapshot_does_not_stretch_what_a_partition_covers(
    settings: Settings, tmp_path: Path
) -> None:
    records = orders(100, start_ns=DAY_NS + HOUR_NS)
    records["flags"][:40], records["ts_recv"][:40] = 32, DAY_NS
    landing = land([write(tmp_path / "day.dbn.zst", records)], settings)[0]
    part = of_schema(landing, "mbo")[0]
    assert (part.first_ns, part.last_ns) == (DAY_NS + HOUR_NS + 40_000, DAY_NS + HOUR_NS + 99_000)


def test_bars_are_dated_by_their_start(settings: Settings, tmp_path: Path) -> None:
    bars = new_records("ohlcv-1d", 3)
    bars["ts_event"] = DAY_NS + 24 * HOUR_NS * np.arange(3)
    landing = land([write(tmp_path / "bars.dbn", bars, "ohlcv-1d")], settings)[0]
    assert [str(part.date) for part in of_schema(landing, "ohlcv-1d")] == [
        "2024-01-09", "2024-01-10", "2024-01-11",
    ]  # fmt: skip


def test_more_dates_land_than_are_written_side_by_side(settings: Settings, tmp_path: Path) -> None:
    bars = new_records("ohlcv-1d", 30)
    bars["ts_event"] = DAY_NS + 24 * HOUR_NS * np.arange(30)
    landing = land([write(tmp_path / "bars.dbn", bars, "ohlcv-1d")], settings)[0]
    assert [part.records for part in of_schema(landing, "ohlcv-1d")] == [1] * 30


def test_symbol_mappings_land_beside_the_records(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    symbols = {"ESH4": INSTRUMENT, "ESM4": 5602}
    landing = land([write(tmp_path / "day.dbn", orders(5), symbols=symbols)], settings)[0]
    part = of_schema(landing, "symbology")[0]
    query = "select symbol, instrument_id, mapped, start_date, end_date, stype_out, row_no from {}"
    assert rows(path_of(layout, part), query) == [
        ("ESH4", INSTRUMENT, str(INSTRUMENT), TODAY, TOMORROW, "instrument_id", 0),
        ("ESM4", 5602, "5602", TODAY, TOMORROW, "instrument_id", 1),
    ]


def test_a_parent_symbol_lands_with_all_it_maps(
    shared_data: Path, settings: Settings, layout: Layout
) -> None:
    source = shared_data / "glbx" / "es-opt-2023.definition.dbn.zst"
    part = of_schema(land([source], settings)[0], "symbology")[0]
    query = "select count(distinct symbol), any_value(stype_in), count(instrument_id) > 0 from {}"
    assert rows(path_of(layout, part), query) == [(11_294, "parent", True)]


def test_a_file_without_records_lands_its_symbols_once(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "empty.dbn.zst", orders(0))
    first, again = (land([source], settings)[0] for _ in range(2))
    assert (first.outcome, first.records) == ("landed", 0)
    assert first.message.endswith("no records; landed its symbol mappings")
    assert again.outcome == "already landed"


def test_a_folder_is_searched_to_any_depth(settings: Settings, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.dbn", orders(5))
    write(tmp_path / "in" / "deep" / "er" / "b.dbn.zst", orders(5, instruments=(8,)))
    (tmp_path / "in" / "metadata.json").write_text("{}")
    landings = land([tmp_path / "in"], settings)
    assert [landing.file.name for landing in landings] == ["a.dbn", "b.dbn.zst"]


def test_a_path_that_does_not_exist_stops_everything(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn", orders(5))
    with pytest.raises(UsageError, match=r"none\.dbn: no such file or folder"):
        land([source, tmp_path / "none.dbn"], settings)
    assert not settings.warehouse.exists()


def test_links_of_a_folder_are_followed_and_each_place_is_searched_once(
    settings: Settings, tmp_path: Path
) -> None:
    days = tmp_path / "days"
    elsewhere = write(tmp_path / "disk" / "deep" / "one.dbn", orders(9))
    write(days / "two.dbn", orders(9, start_ns=DAY_NS + HOUR_NS, seed=2))
    (days / "disk").symlink_to(elsewhere.parents[1])
    (days / "same").symlink_to(elsewhere.parents[1])
    (elsewhere.parent / "back").symlink_to(days)
    landings = land([days], settings)
    assert [(one.file, one.outcome) for one in landings] == [
        (days / "disk" / "deep" / "one.dbn", "landed"),
        (days / "two.dbn", "landed"),
    ]


def test_a_folder_without_files_is_a_mistake(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match=r"no \.dbn, \.dbn\.zst or condition\.json file"):
        land([tmp_path / "in"], settings)


def test_a_second_writer_is_told_who_holds_the_warehouse(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    source = write(tmp_path / "day.dbn", orders(5))
    with writer(layout, "run"), pytest.raises(LockedError, match="held by run"):
        land([source], settings)


def test_progress_ends_at_the_size_of_the_file(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "day.dbn.zst", orders(600_000))
    seen: list[tuple[Path, int, int]] = []
    land([source], settings, progress=lambda *step: seen.append(step))
    size = source.stat().st_size
    assert len(seen) > 2
    assert seen[-1] == (source, size, size)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
