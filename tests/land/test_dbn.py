"""The vendor's format: what is written reads back, in every version, whole or with an error."""

from pathlib import Path

import databento_dbn
import numpy as np
import pytest

from land.files import DAY_NS, INSTRUMENT, orders, write
from spymaster.errors import DataError
from spymaster.land.dbn import RECORDS, DbnReader, Records, new_records, record_dtype, write_dbn
from spymaster.warehouse.columns import raw_relations

NOT_LANDED = {"length", "ts_out"}
ADDED = {"date": "DATE", "file_id": "VARCHAR", "row_no": "UINTEGER"}
NAMES = {"u1": "UTINYINT", "u2": "USMALLINT", "u4": "UINTEGER", "u8": "UBIGINT", "i1": "TINYINT"}
NAMES |= {"i2": "SMALLINT", "i4": "INTEGER", "i8": "BIGINT"}
CHANGED = ("definition", "statistics")


def read(path: Path) -> Records:
    with path.open("rb") as handle:
        return np.concatenate(list(DbnReader(handle, path.name).batches()))


@pytest.mark.parametrize("schema", RECORDS)
def test_raw_yml_has_the_columns_of_the_vendors_struct(schema: str) -> None:
    written = {column.name: column.type for column in raw_relations()[schema].columns}
    struct = {
        name: "VARCHAR" if kind.kind == "S" else NAMES[kind.str[1:]]
        for name, (kind, *_) in (RECORDS[schema].fields or {}).items()
        if name not in NOT_LANDED and not name.startswith("_")
    }
    assert written == struct | ADDED


def test_raw_yml_lists_every_schema_that_lands() -> None:
    assert set(raw_relations()) == {*RECORDS, "symbology", "condition"}


@pytest.mark.parametrize("schema", sorted(set(RECORDS) - set(CHANGED)))
def test_the_layout_of_market_data_is_the_same_in_every_version(schema: str) -> None:
    assert record_dtype(schema, 1) == record_dtype(schema, 2) == record_dtype(schema, 3)


@pytest.mark.parametrize("name", ["day.dbn", "day.dbn.zst"])
def test_what_is_written_reads_back(tmp_path: Path, name: str) -> None:
    records = orders(1_000)
    assert np.array_equal(read(write(tmp_path / name, records)), records)


def test_the_vendors_own_decoder_reads_what_is_written(tmp_path: Path) -> None:
    records = orders(3)
    path = write(tmp_path / "day.dbn.zst", records)
    decoder = databento_dbn.DBNDecoder(compression=databento_dbn.Compression.ZSTD)
    decoder.write(path.read_bytes())
    metadata, *decoded = decoder.decode()
    assert metadata.mappings["ESH4"][0]["symbol"] == str(INSTRUMENT)
    assert [record.order_id for record in decoded] == records["order_id"].tolist()
    assert [record.price for record in decoded] == records["price"].tolist()


def test_records_may_be_written_piece_by_piece(tmp_path: Path) -> None:
    records, path = orders(10), tmp_path / "day.dbn.zst"
    pieces = (records[i : i + 3] for i in range(0, 10, 3))
    write_dbn(path, "mbo", pieces, symbols={}, start_ns=DAY_NS, end_ns=DAY_NS)
    assert np.array_equal(read(path), records)


def test_records_of_another_schema_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="trades: not records of DBN version 3"):
        write(tmp_path / "day.dbn", orders(1), "trades")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_undefined_quantity_is_the_same_from_every_version(tmp_path: Path, version: int) -> None:
    records = new_records("statistics", 3, version)
    records["ts_recv"] = DAY_NS
    records["quantity"] = [7, np.iinfo(records["quantity"].dtype).max, -1]
    path = tmp_path / "day.dbn.zst"
    write_dbn(path, "statistics", records, symbols={}, start_ns=DAY_NS, end_ns=0, version=version)
    assert read(path)["quantity"].tolist() == [7, 2**63 - 1, -1]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_definition_reads_the_same_from_every_version(tmp_path: Path, version: int) -> None:
    records = new_records("definition", 40_000, version)
    records["ts_recv"] = DAY_NS
    records["raw_symbol"], records["instrument_class"] = b"ESH4 C4800", b"C"
    records["instrument_id"] = np.arange(len(records))
    records["strike_price"] = 4_800_000_000_000
    path = tmp_path / "day.dbn.zst"
    write_dbn(path, "definition", records, symbols={}, start_ns=DAY_NS, end_ns=0, version=version)
    found = read(path)
    assert found.dtype == RECORDS["definition"]
    for name in ("instrument_id", "raw_symbol", "instrument_class", "strike_price", "ts_recv"):
        assert np.array_equal(found[name], records[name])


def test_batches_hold_a_bounded_number_of_bytes(tmp_path: Path) -> None:
    records = orders(600_000)
    with write(tmp_path / "day.dbn.zst", records).open("rb") as handle:
        batches = list(DbnReader(handle, "day").batches())
    assert max(batch.nbytes for batch in batches) <= 1 << 20
    assert np.array_equal(np.concatenate(batches), records)


def test_a_live_capture_is_refused(tmp_path: Path) -> None:
    header = databento_dbn.Metadata(
        dataset="GLBX.MDP3",
        start=DAY_NS,
        stype_in=None,
        stype_out=databento_dbn.SType.from_str("instrument_id"),
        schema=None,
        ts_out=True,
    ).encode()
    (tmp_path / "live.dbn").write_bytes(header)
    with (tmp_path / "live.dbn").open("rb") as handle, pytest.raises(DataError, match="live capt"):
        DbnReader(handle, "live.dbn")
