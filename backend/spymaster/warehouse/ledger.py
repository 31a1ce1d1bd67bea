"""What landed and what was built: the private record of the command line.

A write changes a copy and puts it in the file's place, so that a killed process leaves the old or
the new: DuckDB writes what both of its headers point to in place, and half a block is no ledger.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from spymaster.errors import DataError, LockedError
from spymaster.warehouse import duck, entries, outcomes, statements
from spymaster.warehouse.entries import Build as Build
from spymaster.warehouse.entries import Partition as Partition
from spymaster.warehouse.files import scratch, settle
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.outcomes import Acceptance, Failed

PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.02
MOST = 600
"""Parsed templates remembered before all are forgotten: every run reads them, and those of two or
three sets of models are enough for checkouts that share a warehouse."""
IS_PARSED = "length(source) = 64"
"""Known by the digest of a text. What was asked of a calendar or of landed files is known by other
names and stays: there is some for each session, and to ask all anew would take minutes."""


_PARSED = "create table parsed (source varchar primary key, result varchar);"
_SETTINGS = "create table settings (key varchar primary key, value varchar);"

_turn = RLock()
"""Of the threads that write; processes are kept apart by the lock that their commands hold."""

Row = TypeVar("Row", Partition, Build, Failed, Acceptance)


class Ledger:
    """Reads and writes of one warehouse's ledger; every call is one transaction.

    Who writes holds the warehouse by ``writer``.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._reading: duck.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open the file once for several reads; nothing may be written meanwhile."""
        if not self._layout.ledger.exists():
            yield
            return
        with self._open() as connection:
            self._reading = connection
            try:
                yield
            finally:
                self._reading = None

    def partitions(self) -> list[Partition]:
        """Return everything landed, by schema, date and file."""
        rows = self._rows(Partition, "partitions", "schema, date, file_id")
        return [
            row._replace(instruments=tuple(row.instruments), products=tuple(row.products))
            for row in rows
        ]

    def builds(self) -> list[Build]:
        """Return every partition in force, by relation and session."""
        return self._rows(Build, "builds", "relation, session")

    def failed(self) -> list[Failed]:
        """Return what was wrong in each session whose last build failed."""
        return self._rows(Failed, "failed", "session, subject")

    def acceptances(self) -> list[Acceptance]:
        """Return every acceptance ever given, oldest first."""
        return self._rows(Acceptance, "acceptances", "accepted_at")

    def parsed(self) -> dict[str, str]:
        """Return what parsing gave for a template (JSON), by the digest of its text."""
        return dict(self._select("select source, result from parsed"))

    def parsed_as(self, source: str) -> str | None:
        """Return what is remembered by one digest."""
        query = f"select result from parsed where source = {duck.literal(source)}"
        return next((result for (result,) in self._select(query)), None)

    def settings(self) -> dict[str, str]:
        """Return what the builds in force were built with (TOML), by key; nothing without any."""
        query = "select key, value from settings where exists (from builds)"
        return dict(self._select(query))

    def land(self, added: Iterable[Partition], replaced: Iterable[Partition] = ()) -> None:
        """Record landed partitions, dropping those they replace, in one transaction."""
        with self._transaction() as connection:
            _delete(connection, replaced)
            _insert(connection, "partitions", added)

    def build(self, built: Iterable[Build], settings: dict[str, str] | None = None) -> None:
        """Record built partitions over those of the same relation and session.

        Their sessions did not fail. Settings are what they were built with, see ``settle``, where
        that is not what stands there.
        """
        built = list(built)
        with self._transaction() as connection:
            _insert(connection, "builds", built)
            if settings is not None:
                _settle(connection, settings)
            for session in {build.session for build in built}:
                connection.execute(f"delete from failed where session = {duck.literal(session)}")

    def fail(self, session: date, failures: Iterable[Failed]) -> None:
        """Record what is wrong in a session, in place of what was."""
        with self._transaction() as connection:
            connection.execute(f"delete from failed where session = {duck.literal(session)}")
            _insert(connection, "failed", failures)

    def accept(self, acceptance: Acceptance) -> None:
        """Record who let an audit's rows through, and why."""
        with self._transaction() as connection:
            _insert(connection, "acceptances", [acceptance])

    def settle(self, settings: dict[str, str]) -> None:
        """Record what builds are built with from now on, as TOML by key."""
        with self._transaction() as connection:
            _settle(connection, settings)

    def remember(self, parsed: dict[str, str]) -> None:
        """Keep what parsing gave, so that an unchanged template is not parsed again.

        Beside it what else costs time to ask again.
        """
        with self._transaction() as connection:
            known = f"select count(*) from parsed where {IS_PARSED}"
            connection.execute(f"delete from parsed where {IS_PARSED} and ({known}) > {MOST}")
            for pair in parsed.items():
                values = ", ".join(map(duck.literal, pair))
                connection.execute(f"insert or replace into parsed values ({values})")

    def _rows(self, kind: type[Row], table: str, order: str) -> list[Row]:
        names = ", ".join(kind._fields)
        return [kind(*row) for row in self._select(f"select {names} from {table} order by {order}")]

    def _select(self, query: str) -> list[Any]:
        if not self._layout.ledger.exists():
            return []
        if self._reading is None:
            with self.reading():
                return self._select(query)
        try:
            return self._reading.execute(query).fetchall()
        except duck.DuckError as error:
            raise DataError(f"{self._layout.ledger}: {duck.message(error)}") from error

    @contextmanager
    def _transaction(self) -> Iterator[duck.Connection]:
        ledger = self._layout.ledger
        with _turn, scratch(self._layout) as folder:
            fresh = folder / ledger.name
            try:
                if ledger.exists():
                    shutil.copyfile(ledger, fresh)
                with _changed(fresh) as connection:
                    yield connection
                settle(fresh, ledger)
            except duck.DuckError as error:
                raise DataError(f"{ledger}: cannot be written: {duck.message(error)}") from error
            except OSError as error:
                raise DataError(f"{ledger}: cannot be written: {error.strerror}") from error

    @contextmanager
    def _open(self) -> Iterator[duck.Connection]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        with ExitStack() as ending:
            while True:
                try:
                    opening = duck.opened(self._layout.ledger, read_only=True)
                    connection = ending.enter_context(opening)
                    break
                except duck.DuckError as error:
                    reason = f"{self._layout.ledger}: {duck.message(error)}"
                    if "lock on file" not in reason:
                        raise DataError(reason) from error
                    if time.monotonic() > deadline:
                        raise LockedError(reason) from error
                    time.sleep(POLL_SECONDS)
            yield connection


@contextmanager
def _changed(file: Path) -> Iterator[duck.Connection]:
    """Open a ledger to change it in one transaction, or an empty one if there is no such file."""
    is_new = not file.exists()
    with duck.opened(file) as connection:
        if is_new:
            connection.execute(entries.TABLES + outcomes.TABLES + _PARSED + _SETTINGS)
        connection.begin()
        yield connection
        connection.commit()
        connection.execute("checkpoint")  # else closing does, and keeps to itself what goes wrong


def _insert(connection: duck.Connection, table: str, rows: Iterable[Row]) -> None:
    """Insert all rows by one statement: each for itself costs a millisecond."""
    if rows := list(rows):
        described = connection.execute(f"describe {table}").fetchall()
        kinds = {name: kind for name, kind, *_ in described}
        inserted = statements.rows(kinds, rows)
        connection.execute(f"insert or replace into {table} {inserted}")


def _settle(connection: duck.Connection, settings: dict[str, str]) -> None:
    connection.execute("delete from settings")
    for pair in settings.items():
        key, value = map(duck.literal, pair)
        connection.execute(f"insert into settings values ({key}, {value})")


def _delete(connection: duck.Connection, partitions: Iterable[Partition]) -> None:
    if keys := [partition.key for partition in partitions]:
        gone = statements.rows({"schema": "VARCHAR", "date": "DATE", "file_id": "VARCHAR"}, keys)
        connection.execute(f"delete from partitions where (schema, date, file_id) in ({gone})")
