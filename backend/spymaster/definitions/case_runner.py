"""A case run: its rows put in place of relations, everything between built, the result compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from spymaster.definitions import trading_hours as hours
from spymaster.definitions.binding import prepare
from spymaster.definitions.cases import Case, Rows
from spymaster.definitions.contract import Finding
from spymaster.definitions.project import Project
from spymaster.definitions.renderer import Renderer
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import spill
from spymaster.warehouse.relations import create

if TYPE_CHECKING:
    from spymaster.definitions.template import Templates

TOLERANCE = 1e-12
"""Absolute below 1, relative above."""
SHOWN = 3
Row = tuple[Any, ...]


def findings(project: Project, cases: Iterable[Case]) -> list[Finding]:
    """Return a finding for each case that does not hold, its sessions without holidays."""
    templates: dict[str, Templates] = {}
    found = []
    for case in cases:
        key = str((case.settings, case.session))
        if key not in templates:
            renderer = Renderer(project.sql, case.settings)
            templates[key] = renderer.session(case.session, hours.by_clock(case.session))
        said = _breach(project, case, templates[key])
        if said:
            found.append(Finding("case", case.relation, f"{case.place}: {case.title}: {said}"))
    return found


def _breach(project: Project, case: Case, templates: Templates) -> str | None:
    with spill() as folder, duck.in_memory(folder, threads=1) as connection:
        prepare(connection, project)
        for relation in _made_of(project, case):
            wrong = _create(connection, project, case, relation, templates)
            if wrong:
                return wrong
        return _difference(connection, case, project.models[case.relation].header.columns)


def _made_of(project: Project, case: Case) -> list[str]:
    """Return what has to be there, in order: the given, and what lies between it and the model."""
    found: set[str] = set()
    left = [case.relation]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            is_given = name in case.given or name in project.raw
            left += () if is_given else project.models[name].upstream
    return [name for name in (*project.raw, *project.models) if name in found]


def _create(
    connection: duck.Connection, project: Project, case: Case, relation: str, templates: Templates
) -> str | None:
    what = f"table {statements.name(relation)}"
    if relation in case.given or relation in project.raw:
        promise = project.raw.get(relation) or project.models[relation].header
        query = _rows(case.given.get(relation, []), promise.columns)
        wrong = create(connection, what, query)
        return wrong and f"{relation}: {wrong[0]}"
    model = project.models[relation]
    wrong = create(connection, what, templates.render(model.source.template))
    return wrong and templates.explain(model.source, *wrong)


def _rows(rows: Rows, columns: Iterable[Column]) -> str:
    """Return a select of given rows; a column that a row does not name is null."""
    selects = [_row({column: row.get(column.name) for column in columns}) for row in rows]
    return "\nunion all\n".join(selects) or statements.empty(columns)


def _row(values: Mapping[Column, Any]) -> str:
    cells = [
        f"{_cell(value, column)} as {statements.name(column.name)}"
        for column, value in values.items()
    ]
    return f"select {', '.join(cells)}"


def _cell(value: Any, column: Column) -> str:
    if value is None:
        return f"null::{column.type}"
    said = statements.text(str(value))
    if column.unit.startswith("ns") and isinstance(value, str):
        return f"epoch_ns({said}::timestamp_ns)::{column.type}"
    return f"{said}::{column.type}"


def _difference(connection: duck.Connection, case: Case, columns: Iterable[Column]) -> str | None:
    """Return in one line which rows are missing and which are too many."""
    compared = [column for column in columns if not case.expect or column.name in case.expect[0]]
    names = [column.name for column in compared]
    listed = ", ".join(map(statements.name, names))
    shown = f"select {listed} from {statements.name(case.relation)} where {case.where}"
    try:
        there = connection.execute(shown).fetchall()
        wanted = connection.execute(_rows(case.expect, compared)).fetchall()
    except duck.DuckError as error:
        return duck.placed_message(error)[0]
    missing = []
    for row in wanted:
        same = next((one for one in there if _is_same(one, row)), None)
        if same is None:
            missing.append(row)
        else:
            there.remove(same)
    said = [_listed("expected", names, missing), _listed("found", names, there)]
    return "; ".join(part for part in said if part) or None


def _is_same(row: Row, other: Row) -> bool:
    return all(_equal(a, b) for a, b in zip(row, other, strict=True))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        both_nan = math.isnan(a) and math.isnan(b)
        return both_nan or math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(a == b)


def _listed(what: str, names: list[str], rows: list[Row]) -> str:
    if not rows:
        return ""
    shown = [
        ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
        for row in rows[:SHOWN]
    ]
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"{what} {' | '.join(shown)}{more}"
