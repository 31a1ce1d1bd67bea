"""Which model and audit files there are below the SQL folder, and what their place says of them.

``<schema>/<table>.sql`` is published, ``<schema>/steps/<table>.sql`` lives inside a build only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from spymaster import texts
from spymaster.errors import ModelError

MACROS = ("macros", "numerics")
"""Folders of what models import: rules, and methods that are no rule of the market."""
AUDITS = "audits"
STEPS = "steps"
INLINE = "inline"
"""Folder of steps that are expanded where they are read: a table of them would cost more."""
REPLAY = "replay"
"""Folder of what the compiled replay makes of records, batch by batch and never whole."""
BATCHES = "batches"
"""Folder of steps that are made of each such batch, their rows one after the other."""
PLACES = ((), (STEPS,), (STEPS, INLINE), (STEPS, REPLAY), (STEPS, BATCHES))
"""Folders between a schema and its tables."""
RESERVED = ("raw", "meta", "main", "built", "temp")
"""Schemas that the warehouse fills itself."""
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Source:
    """One template as written."""

    relation: str
    """schema.table, such as book.flow_5s; audits.<name> for an audit."""
    path: Path
    text: str
    sql: Path
    """The folder of all models."""

    @property
    def template(self) -> str:
        """Name by which the template is found below the SQL folder."""
        return _below(self.sql, self.path)

    @property
    def label(self) -> str:
        """Name by which errors call the file."""
        return label(self.sql, self.path)

    @property
    def is_audit(self) -> bool:
        """Whether it is a query that must return no row."""
        return self.relation.startswith(f"{AUDITS}.")

    @property
    def folder(self) -> str:
        """Name of the folder it lies in: its schema, ``steps``, or one of the kinds of steps."""
        return self.path.parent.name


def label(sql: Path, path: Path) -> str:
    """Return how errors call a file below the SQL folder, such as ``sql/macros/book.sql``."""
    return f"{sql.name}/{_below(sql, path)}"


def find(sql: Path) -> tuple[list[Source], list[Source]]:
    """Return the models and the audits below a folder, by name.

    Raises
    ------
    ModelError
        For a file that lies or is called wrong.
    """
    if not sql.is_dir():
        raise ModelError(f"{sql}: no such folder of models")
    paths = [path for path in sorted(sql.rglob("*.sql")) if not _is_macro(sql, path)]
    problems = [problem for path in paths for problem in _misplaced(sql, path)]
    problems = problems or _doubles(sql, paths)
    if problems:
        raise ModelError("\n".join(problems))
    sources = [
        Source(relation(sql, path), path, texts.read(path, label(sql, path)), sql) for path in paths
    ]
    audits = [source for source in sources if source.is_audit]
    return [source for source in sources if source not in audits], audits


def relation(sql: Path, path: Path) -> str:
    """Return the relation that a file below the SQL folder is about, as schema.table.

    >>> relation(Path("sql"), Path("sql/book/steps/pulls.sql"))
    'book.pulls'
    >>> relation(Path("sql"), Path("sql/book/steps/pulls.cases.yml"))
    'book.pulls'
    """
    return f"{_below(sql, path).split('/', 1)[0]}.{path.name.split('.')[0]}"


def macros(sql: Path) -> list[Path]:
    """Return every file that models import, templates and DuckDB macros alike."""
    return sorted(path for folder in MACROS for path in (sql / folder).rglob("*.sql"))


def registries(sql: Path) -> list[Path]:
    """Return the files that describe columns beside the models: landed, shared, of features."""
    return sorted([*sql.glob("*.yml"), *sql.glob("features/*.yml")])


def duckdb_macros(sql: Path) -> list[Path]:
    """Return the files of ``create macro`` statements that every connection executes."""
    return [path for path in macros(sql) if path.name.endswith(".duckdb.sql")]


def _below(sql: Path, path: Path) -> str:
    """Return where a file lies in the SQL folder; pathlib takes ten times as long to say it."""
    return path.as_posix().removeprefix(f"{sql.as_posix()}/")


def _is_macro(sql: Path, path: Path) -> bool:
    return _below(sql, path).split("/", 1)[0] in MACROS


def _misplaced(sql: Path, path: Path) -> list[str]:
    parts = _below(sql, path).removesuffix(".sql").split("/")
    if len(parts) == 1 or tuple(parts[1:-1]) not in PLACES:
        expected = f"{sql.name}/<schema>/<table>.sql or {sql.name}/<schema>/{STEPS}/<table>.sql"
        return [f"{label(sql, path)}: expected {expected}"]
    if parts[0] in RESERVED:
        return [f"{label(sql, path)}: schema {parts[0]} is the warehouse's own"]
    return [
        f"{label(sql, path)}: {part!r} is not a name; allowed: lower-case letters, digits and _"
        for part in parts
        if not NAME.fullmatch(part)
    ]


def _doubles(sql: Path, paths: list[Path]) -> list[str]:
    first: dict[str, Path] = {}
    return [
        f"{label(sql, path)}: {relation(sql, path)} is {label(sql, first[relation(sql, path)])} too"
        for path in paths
        if first.setdefault(relation(sql, path), path) != path
    ]
