"""Binding every model and audit to empty tables before anything runs: all errors at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.book.relations import GIVES, RECORDS
from spymaster.definitions.contract import Finding, header_breaches
from spymaster.definitions.header import line_of
from spymaster.definitions.loading import note_bound
from spymaster.definitions.project import Model, Project
from spymaster.errors import ModelError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.files import spill
from spymaster.warehouse.ledger import Ledger
from spymaster.warehouse.relations import create, describe

if TYPE_CHECKING:
    from spymaster.definitions.template import Templates

Columns = list[tuple[str, str]]
"""Name and type of each."""
_given: dict[tuple[str, ...], Columns] = {}
"""What queries give that this process bound, by what decides it: of a project under other settings
most are the same."""


@dataclass
class Bound:
    """What binding gave."""

    columns: dict[str, Columns] = field(default_factory=dict)
    """Those of each relation that could be bound."""
    findings: list[Finding] = field(default_factory=list)

    def demand(self) -> None:
        """Refuse to go on with findings.

        Raises
        ------
        ModelError
            With one line for each.
        """
        if self.findings:
            raise ModelError("\n".join(str(finding) for finding in self.findings))


def demand(project: Project, ledger: Ledger) -> None:
    """Refuse models that do not bind, unless this very set is known to.

    Raises
    ------
    ModelError
        With one line for each finding.
    """
    if not project.is_bound:
        bind(project).demand()
        ledger.remember(note_bound(project))


def bind(project: Project) -> Bound:
    """Bind all models and audits of a project; what reads a broken one is left out."""
    bound = Bound()
    templates = project.renderer.probe
    macros = "\n".join(project.renderer.macros.values())
    with spill() as folder, duck.in_memory(folder, threads=1) as connection:
        prepare(connection, project)
        for raw, relation in project.raw.items():
            bound.columns[raw] = [(column.name, column.type) for column in relation.columns]
            _stand_in(connection, raw, bound.columns[raw])
        for model in [*project.models.values(), *project.audits.values()]:
            if all(name in bound.columns for name in model.upstream):
                _bind(connection, templates, model, bound, macros)
        _check_types(connection, project, bound, folder / "types.parquet")
    return bound


def prepare(connection: duck.Connection, project: Project) -> None:
    """Create the schemas and macros that every query may count on.

    Raises
    ------
    ModelError
        If a DuckDB macro is wrong.
    """
    relations = [*project.raw, *project.models, *project.audits]
    connection.execute(statements.schemas(relations))
    connection.execute("set errors_as_json = true")
    for label, macro in project.renderer.macros.items():
        try:
            connection.execute(macro)
        except duck.DuckError as error:
            raise ModelError(f"{label}: {duck.placed_message(error)[0]}") from error


def _bind(
    connection: duck.Connection, templates: Templates, model: Model, bound: Bound, macros: str
) -> None:
    query = templates.render(model.source.template)
    key = (query, macros, *(f"{name} {bound.columns[name]}" for name in model.upstream))
    if key not in _given:
        wrong = create(connection, f"view {statements.name(model.relation)}", query)
        if wrong:
            message = templates.explain(model.source, *wrong)
            bound.findings.append(Finding("bind", model.relation, message))
            return
        _given[key] = describe(connection, model.relation)
        connection.execute(f"drop view {statements.name(model.relation)}")
    columns = _given[key]
    if model.header.replay:
        bound.findings += _record_findings(model, columns)
        columns = list(GIVES[model.header.replay["gives"]].items())
    bound.columns[model.relation] = columns
    _stand_in(connection, model.relation, columns)
    if model.header.columns:
        found = header_breaches(model.header.columns, columns)
        bound.findings += [_header_finding(model, column, message) for column, message in found]


def _record_findings(model: Model, columns: Columns) -> list[Finding]:
    """Return what a replay's query does not give that the replay reads."""
    if columns == list(RECORDS.items()):
        return []
    promised = ", ".join(f"{name} {kind}" for name, kind in RECORDS.items())
    message = f"{model.source.label}:1: a replay reads {promised}; the query gives others"
    return [Finding("header", model.relation, message)]


def _stand_in(connection: duck.Connection, relation: str, columns: Columns) -> None:
    """Put an empty table in a relation's place; views of views would be expanded over and over."""
    listed = ", ".join(f"{statements.name(column)} {kind}" for column, kind in columns)
    connection.execute(f"create table {statements.name(relation)} ({listed})")


def _check_types(connection: duck.Connection, project: Project, bound: Bound, path: Path) -> None:
    """Find columns whose type a partition file would not give back."""
    written = [m for m in project.models.values() if m.relation in project.written]
    types = sorted({t for m in written for _, t in bound.columns.get(m.relation, ())})
    if not types:
        return
    nulls = ", ".join(f'null::{kind} as "{kind.replace(chr(34), chr(34) * 2)}"' for kind in types)
    connection.execute(f"copy (select {nulls}{statements.written(path)}")
    described = f"describe from read_parquet({statements.text(str(path))})"
    stored = dict(row[:2] for row in connection.execute(described).fetchall())
    for model in written:
        for column, kind in bound.columns.get(model.relation, ()):
            if stored[kind] != kind:
                message = f"{column} is {kind}, which a partition file gives back as {stored[kind]}"
                bound.findings.append(_header_finding(model, column, f"{message}; cast it"))


def _header_finding(model: Model, column: str, message: str) -> Finding:
    where = f"{model.source.label}:{line_of(model.source, column)}"
    return Finding("header", model.relation, f"{where}: {message}")
