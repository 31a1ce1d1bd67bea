"""What the catalog before holds already: rows of its tables that need not be read from files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from spymaster.definitions.project import Model
from spymaster.warehouse import duck, statements
from spymaster.warehouse.layout import Layout

NAME = "before"


@dataclass(frozen=True)
class Before:
    """The published catalog, attached under a name of its own."""

    files: dict[str, set[str]] = field(default_factory=dict)
    """Paths of the files behind each relation."""
    columns: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Name and type of each relation's columns."""
    shape: str = ""
    """Digest of its views and comments."""
    renewals: int = 0
    """How often it was renewed since it was written whole."""

    def select(self, model: Model, files: dict[str, date]) -> str:
        """Return a select of a table's rows, file by file, as many as possible from before.

        Parameters
        ----------
        files : dict
            Partition files and the session of each.
        """
        if self.columns.get(model.relation) != [(c.name, c.type) for c in model.header.columns]:
            return statements.files(files, model.header.columns)
        known = self.files.get(model.relation, set())
        runs = groupby(files.items(), lambda at: at[0] in known)
        selects = [
            _rows(model, [session for _, session in run])
            if is_known
            else statements.files([path for path, _ in run], model.header.columns)
            for is_known, run in runs
        ]
        return "\nunion all\n".join(selects) or statements.files([], model.header.columns)


@contextmanager
def attached(connection: duck.Connection, layout: Layout) -> Iterator[Before]:
    """Attach the published catalog for a while.

    Nothing is known before the first one, nor where a client holds it locked.
    """
    try:
        path = statements.text(str(layout.link.resolve(strict=True)))
        connection.execute(f"attach {path} as {NAME} (read_only)")
    except (FileNotFoundError, duck.DuckError):
        yield Before()
        return
    files: dict[str, set[str]] = {}
    listed = "select relation, file from before.meta.files"
    for relation, file in connection.execute(listed).fetchall():
        files.setdefault(relation, set()).add(f"{layout.root}/{file}")
    columns: dict[str, list[tuple[str, str]]] = {}
    listed = "select relation, name, type from before.meta.columns order by relation, position"
    for relation, name, kind in connection.execute(listed).fetchall():
        columns.setdefault(relation, []).append((name, kind))
    about = connection.execute("select shape, renewals from before.meta.catalog").fetchone()
    assert about is not None
    yield Before(files, columns, *about)


def _rows(model: Model, sessions: list[date]) -> str:
    """Return a select of sessions, by name: the table may have been in another order."""
    named = ", ".join(statements.name(column.name) for column in model.header.columns)
    listed = ", ".join(map(duck.literal, sessions))
    table = f"{NAME}.{statements.name(model.relation)}"
    return f"select {named} from {table} where session in ({listed})"
