"""What was sent while the session ran, held against what the ordinary build made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from spymaster.live.decisions import MADE, decided_at
from spymaster.live.sent import DECIDED, Line, standing
from spymaster.units import from_ns
from spymaster.warehouse import duck, statements
from spymaster.warehouse.layout import Layout

AT_ONCE = 60
"""Buckets looked at together; bounds the memory."""


@dataclass(frozen=True)
class Difference:
    """A relation whose rows of a bucket are not what was sent."""

    relation: str
    bucket_end: str
    columns: tuple[str, ...]
    """Those that differ; none where there are more rows or fewer."""

    def __str__(self) -> str:
        what = ", ".join(self.columns[:5]) or "other rows"
        return f"{self.relation} of {self.bucket_end}: {what}"


def differing(
    layout: Layout,
    folder: Path,
    session: date,
    grains: Mapping[str, Sequence[str]],
    *,
    relations: Collection[str],
    n_buckets: int,
) -> Iterator[Difference]:
    """Yield what of the published session is not what was sent, to the bit.

    Parameters
    ----------
    folder : Path
        Of what was sent.
    grains : mapping of relation to columns
        What tells rows apart.
    relations, n_buckets
        What had to be sent: these relations in each of so many buckets.
    """
    lines = [line for _, line in sorted(standing(folder).items())]
    yield from _unsent(lines, set(relations), n_buckets)
    decided = [line for line in lines if line.key[1] == DECIDED]
    lines = [line for line in lines if line.key[1] != DECIDED]
    with duck.reader(layout.link) as catalog:
        for _, some in groupby(lines, lambda line: line.key[0] // AT_ONCE):
            yield from _compare(catalog, list(some), session, grains)
        until_ns = max((int(line.said["bucket_end"]) for line in lines), default=0)
        yield from _compare_decided(catalog, decided, session, grains, until_ns)


def _unsent(lines: list[Line], relations: set[str], n_buckets: int) -> Iterator[Difference]:
    sent: dict[int, set[str]] = {n: set() for n in range(1, n_buckets + 1)}
    for line in lines:
        sent.setdefault(line.key[0], set()).update(line.relations)
    for n, found in sent.items():
        for relation in sorted(relations - found):
            yield Difference(relation, f"bucket {n}", ("not sent",))


def _compare(
    catalog: duck.Connection, lines: list[Line], session: date, grains: Mapping[str, Sequence[str]]
) -> Iterator[Difference]:
    ends = [int(line.said["bucket_end"]) // 1_000 for line in lines]
    # a relation of two groups has in each of them its own columns
    for group, relation in sorted(
        {(line.key[1], name) for line in lines for name in line.relations}
    ):
        parts = (line for line in lines if line.key[1] == group and relation in line.relations)
        sent = pa.concat_tables(line.rows(relation) for line in parts)
        built = catalog.execute(
            f"from {statements.name(relation)} where session = {duck.literal(session)}"
            f" and bucket_end between make_timestamp({min(ends)}) and make_timestamp({max(ends)})"
        ).to_arrow_table()
        yield from _differing(relation, sent, built, grains[relation])


def _compare_decided(
    catalog: duck.Connection,
    lines: list[Line],
    session: date,
    grains: Mapping[str, Sequence[str]],
    until_ns: int,
) -> Iterator[Difference]:
    """Compare what was decided, and see that nothing was missed."""
    for relation in MADE:
        built = catalog.execute(
            f"from {statements.name(relation)} where session = {duck.literal(session)}"
            f" and {decided_at()} <= make_timestamp({until_ns // 1_000})"
        ).to_arrow_table()
        sent = [line.rows(relation) for line in lines if relation in line.relations]
        order = [(name, "ascending") for name in grains[relation]]
        one = pa.concat_tables(sent or [built.slice(0, 0)]).sort_by(order)
        other = built.sort_by(order).select(one.column_names).cast(one.schema)
        if one.num_rows != other.num_rows:
            yield Difference(relation, "decisions", ())
        elif names := [name for name in one.column_names if not one[name].equals(other[name])]:
            yield Difference(relation, "decisions", tuple(names))


def _differing(
    relation: str, sent: pa.Table, built: pa.Table, grain: Sequence[str]
) -> Iterator[Difference]:
    order = [(name, "ascending") for name in grain]
    one, other = (table.sort_by(order).combine_chunks() for table in (sent, built))
    other = other.select(one.column_names).cast(one.schema)
    if one.equals(other):
        return
    ends = (set(table["bucket_end"].cast(pa.int64()).to_pylist()) for table in (one, other))
    for end in sorted(set.union(*ends)):
        mine, its = (_of(table, end) for table in (one, other))
        if mine.num_rows != its.num_rows:
            yield Difference(relation, _time(end), ())
        elif not mine.equals(its):
            names = [name for name in mine.column_names if not mine[name].equals(its[name])]
            yield Difference(relation, _time(end), tuple(names))


def _of(table: pa.Table, end_us: int) -> pa.Table:
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["bucket_end"].cast(pa.int64()), end_us))


def _time(end_us: int) -> str:
    return f"{from_ns(end_us * 1_000):%Y-%m-%d %H:%M:%S}"
