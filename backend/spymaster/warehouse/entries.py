"""What the ledger remembers of files: partitions that landed, partitions that were built."""

from __future__ import annotations

from datetime import date, datetime
from datetime import date as Date  # noqa: N812  a field has its name
from typing import NamedTuple

from spymaster.warehouse.layout import WHOLE, model_file, raw_relation


class Partition(NamedTuple):
    """The records of one source file that fell on one UTC date."""

    schema: str
    """Vendor schema, such as mbo, mbp-1 or definition; or symbology, or condition."""
    date: date
    """UTC date of ts_recv."""
    file_id: str
    """First 16 hex digits of the source file's sha256; of a condition, of what it says."""
    file: str
    """The Parquet file below the warehouse folder; of a record a day, that of other dates too."""
    source: str
    """Name of the source file, as given; of a condition, of the first that said so."""
    dataset: str
    """Vendor dataset, such as GLBX.MDP3."""
    records: int
    first_ns: int
    """Earliest ts_recv, ns since 1970 UTC; book snapshots count only where nothing else came."""
    last_ns: int
    """Latest ts_recv, ns."""
    start_ns: int
    """Start of what the source file was asked for, ns, by its header."""
    end_ns: int | None
    """Exclusive end of that, ns; None where the file does not say."""
    products: tuple[str, ...]
    """Roots of futures among the file's symbols, and ``symbols.OPTIONS`` for options."""
    instruments: tuple[int, ...]
    """Instrument ids in the partition, ascending; none for what overlaps nothing."""
    bytes: int
    """Size of the Parquet file."""
    gaps: int
    """How often ts_recv ran backwards from one record to the next."""
    landed_at: datetime
    """UTC, naive."""
    first_row: int = 0
    """Number of its first record; of files that go on one after the other each begins higher."""
    file_partitions: int = 1
    """How many partitions the source file gave; fewer in the ledger: others replaced the rest."""

    @property
    def key(self) -> tuple[str, Date, str]:
        """What tells it from all others."""
        return self.schema, self.date, self.file_id

    @property
    def relation(self) -> str:
        """The relation that its records are of, such as raw.mbp_1."""
        return raw_relation(self.schema)

    @property
    def is_shared(self) -> bool:
        """Whether its file holds the records of other dates too."""
        return self.schema in WHOLE


class Build(NamedTuple):
    """The partition of one relation and session that is in force."""

    relation: str
    session: date
    fingerprint: str
    """16 hex digits; names the Parquet file."""
    sql: str
    """Digest of the model's own query; where it changes, so may the columns."""
    reasons: str
    """JSON of what went into the fingerprint, so that a plan can say what changed."""
    rows: int
    bytes: int
    seconds: float
    built_at: datetime

    @property
    def file(self) -> str:
        """The Parquet file below the warehouse folder."""
        return model_file(self.relation, self.session, self.fingerprint)


TABLES = """
create table partitions (
    schema varchar, date date, file_id varchar, file varchar, source varchar, dataset varchar,
    records ubigint, first_ns bigint, last_ns bigint, start_ns bigint, end_ns bigint,
    products varchar[], instruments uinteger[],
    bytes ubigint, gaps ubigint, landed_at timestamp, first_row ubigint, file_partitions ubigint,
    primary key (schema, date, file_id)
);
create table builds (
    relation varchar, session date, fingerprint varchar, sql varchar, reasons varchar,
    rows ubigint, bytes ubigint, seconds double, built_at timestamp,
    primary key (relation, session)
);
"""
