"""What the newest buckets are made of, kept for a while in the tables of a sandbox.

The book changes of some minutes, the book at the end of each of their buckets, and of the buckets
before whatever some model looks back at without bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pyarrow as pa

from spymaster.book.relations import GIVES, NULLS
from spymaster.live.fold import Closed
from spymaster.warehouse import duck

KEPT = 36
"""Buckets: of what comes later than three minutes only these are built again."""
AGAIN = 128
"""Buckets: at most of so many the book at their end is told anew by what comes late."""
FILL = 8
"""Code of the kind of change, see ``codes.KINDS``."""
TABLES = {
    "changes": (GIVES["changes"], "is_begun BOOLEAN"),
    "tallies": (GIVES["tallies"], "is_begun BOOLEAN"),
    "rests": (GIVES["rests"], ""),
    "living": (GIVES["rests"], ""),
    "fills": (GIVES["changes"], ""),
}
BUCKET_NO = list(GIVES["changes"]).index("bucket_no")
"""Place in a row of changes."""
BOOKS = "number INTEGER, is_bid BOOLEAN, tick INTEGER, qty BIGINT, orders_delta BIGINT"

Row: TypeAlias = tuple[Any, ...]


class Held:
    """Tables of the schema ``held`` of a connection."""

    def __init__(self, connection: duck.Connection) -> None:
        self._connection = connection
        connection.execute("create schema held")
        for name, (columns, more) in TABLES.items():
            listed = [f"{column} {kind}" for column, kind in columns.items()] + [more] * bool(more)
            connection.execute(f"create table held.{name} ({', '.join(listed)})")
        connection.execute(f"create table held.books ({BOOKS})")

    def keep(self, closed: Closed) -> int:
        """Keep what a bucket brought, and the book at its end.

        Returns
        -------
        int
            The first bucket that is not what it was. It is an earlier one where a record came late,
            or where an event went on that its end had cut: a fill without its cancel counts as
            hidden until that comes.
        """
        run, number = self._connection.execute, closed.number
        query = "select * exclude (is_begun) from held.changes where is_begun"
        before = Counter(run(query).fetchall())
        run("delete from held.changes where is_begun")
        run("delete from held.tallies where is_begun")
        rewrite(self._connection, "held.living", "false")
        self._put("changes", closed.changes, "where bucket_no > 0", ", false")
        self._put("changes", closed.begun, "where bucket_no > 0", ", true")
        self._put("tallies", closed.tallies, "where bucket_no > 0", ", false")
        self._put("tallies", closed.begun_tallies, "where bucket_no > 0", ", true")
        self._put("fills", closed.changes, f"where kind = {FILL}")
        self._put("rests", closed.rests)
        self._put("living", closed.living)
        first = self._first_other(before, closed)
        self._keep_books(max(first, number - AGAIN), number)
        return first

    def _keep_books(self, first: int, number: int) -> None:
        """Keep the book at the end of a bucket, and anew of those before that are another."""
        self._connection.execute(f"delete from held.books where number >= {first}")
        self._connection.execute(f"""
            insert into held.books
            with every as (from held.rests union all by name from held.living)
            select number, is_bid, tick, sum(qty), count(*)
            from range({first}, {number + 1}) as ends (number)
            -- else it came later, or is gone, if only by an event that has begun
            join every on first_no <= number and coalesce(last_no, number) >= number
            group by number, is_bid, tick
        """)

    def _first_other(self, before: Counter[Row], closed: Closed) -> int:
        """Return the first bucket of which other changes are told than before one was closed."""
        where = f"where bucket_no between 1 and {closed.number - 1}"
        now = self._rows("changes", closed.changes, where)
        now += self._rows("changes", closed.begun, where)
        other = (before - now) + (now - before)
        return min((row[BUCKET_NO] for row in other), default=closed.number)

    def forget(self, number: int) -> None:
        """Drop what no bucket from a number on needs."""
        kept = {
            "changes": f"bucket_no >= {number}",
            "tallies": f"bucket_no >= {number}",
            "books": f"number >= {number - 1}",
            "rests": f"coalesce(last_no, {number}) >= {number - 1}",  # of which books are made
        }
        for name, rows in kept.items():
            rewrite(self._connection, f"held.{name}", rows)

    def _put(self, name: str, rows: pa.Table, where: str = "", more: str = "") -> None:
        with self._shown(name, rows, where, more) as query:
            self._connection.execute(f"insert into held.{name} {query}")

    def _rows(self, name: str, rows: pa.Table, where: str) -> Counter[Row]:
        with self._shown(name, rows, where) as query:
            return Counter(self._connection.execute(query).fetchall())

    @contextmanager
    def _shown(self, name: str, rows: pa.Table, where: str, more: str = "") -> Iterator[str]:
        """Give rows a name for a while; yield the query of them as a table has them."""
        columns = TABLES[name][0]
        listed = ", ".join(
            f"nullif({column}, {NULLS[column]})" if column in NULLS else column
            for column in columns
        )
        self._connection.register("batch", rows)
        yield f"select {listed}{more} from batch {where}"
        self._connection.unregister("batch")


def rewrite(connection: duck.Connection, table: str, kept: str) -> None:
    """Drop the rows of a table for which a condition does not hold, and the room that they took.

    Deleted rows stay in memory until the database writes a checkpoint, which this one never does.
    """
    connection.execute(f"create or replace table {table} as from {table} as old where {kept}")


def carried(relation: str) -> str:
    """Return the table of what a relation held in earlier buckets."""
    return f'held."{relation}"'


def changes(first: int, last: int) -> str:
    """Return the changes of some buckets, counted from 0 for the first."""
    return _counted("changes", first, last)


def tallies(first: int, last: int) -> str:
    """Return the sums of some buckets, counted from 0 for the first."""
    return _counted("tallies", first, last)


def _counted(table: str, first: int, last: int) -> str:
    return (
        f"select * exclude (is_begun) replace (bucket_no - {first} as bucket_no)"
        f" from held.{table} where bucket_no between {first} and {last}"
    )


def rests(first: int, last: int) -> str:
    """Return how orders rest over the ends of some buckets, counted from 0 for the first."""
    every = "from held.rests union all by name from held.living"
    return (
        f"select * replace (greatest(first_no - {first}, 1) as first_no,"
        f" nullif(least(coalesce(last_no, {last + 1}), {last + 1}), {last + 1}) - {first}"
        f" as last_no) from ({every})"
        f" where first_no <= {last} and coalesce(last_no, {last}) > {first}"
    )


def book(number: int) -> str:
    """Return the book at the end of a bucket as sums of the changes before."""
    # before all buckets, as if set by a snapshot; nothing else came of it
    held = {"snapshot_qty": "qty"} | {name: name for name in ("is_bid", "tick", "orders_delta")}
    listed = ", ".join(f"{held.get(name, 0)} as {name}" for name in GIVES["tallies"])
    return f"select {listed} from held.books where number = {number}"
