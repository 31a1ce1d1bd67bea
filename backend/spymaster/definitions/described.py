"""What each column of a model is: its header's own line, a registered feature, or columns.yml.

The last select says which columns there are and in which order, so that a header describes only
what is its own or what it narrows, and a column that nobody describes is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from spymaster import texts
from spymaster.definitions.discover import Source, label
from spymaster.definitions.header import compose, line_of
from spymaster.errors import ModelError
from spymaster.warehouse.columns import Column, read_columns

FILE = "columns.yml"
"""Columns that several relations share, described once."""


@cache
def shared(sql: Path) -> dict[str, Column]:
    """Return the columns that many relations share, by name; none where there is no such file.

    Raises
    ------
    ModelError
        Naming file and line.
    """
    path = sql / FILE
    if not path.exists():
        return {}
    written, _ = compose(label(sql, path), texts.read(path, label(sql, path)), 0)
    try:
        return {column.name: column for column in read_columns(written)}
    except ValueError as error:
        raise ModelError(f"{label(sql, path)}: {error}") from error


def described(
    source: Source, own: Sequence[Column], features: Sequence[Column], given: Sequence[str]
) -> tuple[Column, ...]:
    """Return the columns of a model as its query gives them, each with what describes it.

    Parameters
    ----------
    own, features : columns
        Of its header, and of the features that are registered for it.
    given : names
        Of its last select, in order.

    Raises
    ------
    ModelError
        With one line for each column that is described by nobody, in vain or twice.
    """
    if "*" in given:
        raise ModelError(f"{source.label}:1: the last select gives *; name its columns")
    common = shared(source.sql)
    problems = [*_in_vain(source, own, given), *_repeated(source, own, common)]
    problems += [
        f"{source.label}:1: {feature.name} is registered, the query has no such column"
        for feature in features
        if feature.name not in given
    ]
    known = {**common, **{column.name: column for column in (*features, *own)}}
    problems += [
        f"{source.label}:1: the query gives {name}, which neither the header nor {FILE} describes"
        for name in given
        if name not in known
    ]
    if problems:
        raise ModelError("\n".join(problems))
    return tuple(known[name] for name in given)


def _in_vain(source: Source, columns: Sequence[Column], given: Sequence[str]) -> Iterator[str]:
    for name in (column.name for column in columns if column.name not in given):
        where = f"{source.label}:{line_of(source, name)}"
        yield f"{where}: header says {name}, the query has no such column"


def _repeated(source: Source, own: Sequence[Column], common: dict[str, Column]) -> Iterator[str]:
    for name in (column.name for column in own if common.get(column.name) == column):
        where = f"{source.label}:{line_of(source, name)}"
        yield f"{where}: {FILE} describes {name} in the same words; leave it out"
