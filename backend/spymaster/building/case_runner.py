"""A case run: its rows put in place of relations, everything between built, the result compared.

It stands here and not beside ``definitions/cases.py``, which only reads them: to run one is to
build, in the sandbox, and what defines models knows nothing of building them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from spymaster.building.sandbox import Sandbox
from spymaster.definitions import trading_hours
from spymaster.definitions.cases import Case, Rows
from spymaster.definitions.contract import Finding
from spymaster.definitions.project import Project
from spymaster.definitions.renderer import Renderer
from spymaster.errors import ModelError
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import spill

if TYPE_CHECKING:
    from spymaster.definitions.template import Templates

TOLERANCE = 1e-12
"""Absolute below 1, relative above."""
SHOWN = 3
Row = tuple[Any, ...]


def findings(project: Project, cases: Iterable[Case]) -> list[Finding]:
    """Return a finding for each case that does not hold, its sessions without holidays."""
    templates: dict[tuple[Settings, date], Templates] = {}
    found = []
    for (relation, settings, session, given), alike in groupby(cases, _needs):
        key = settings, session
        if key not in templates:
            renderer = Renderer(project.sql, settings)
            templates[key] = renderer.session(session, trading_hours.by_clock(session))
        # to set up takes as long as to build: one serves all that give rows of the same relations
        with (
            spill() as folder,
            closing(Sandbox(project, templates[key], [relation], folder, given=given)) as sandbox,
        ):
            for case in alike:
                breach = _breach(project, case, sandbox)
                if breach:
                    line = f"{case.place}: {case.title}: {breach}"
                    found.append(Finding("case", relation, line))
    return found


def _needs(case: Case) -> tuple[str, Settings, date, frozenset[str]]:
    return case.relation, case.settings, case.session, frozenset(case.given)


def _breach(project: Project, case: Case, sandbox: Sandbox) -> str | None:
    try:
        for relation, rows in case.given.items():
            sandbox.give(relation, _select(rows, project.columns[relation]))
        sandbox.build()
    except ModelError as error:
        return str(error)
    return _difference(sandbox.connection, case, project.columns[case.relation])


def _select(rows: Rows, columns: Iterable[Column]) -> str:
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
    text = statements.text(str(value))
    if column.unit.startswith("ns") and isinstance(value, str):
        return f"epoch_ns({text}::timestamp_ns)::{column.type}"
    return f"{text}::{column.type}"


def _difference(connection: duck.Connection, case: Case, columns: Iterable[Column]) -> str | None:
    """Return in one line which rows are missing and which are too many."""
    compared = [column for column in columns if not case.expect or column.name in case.expect[0]]
    names = [column.name for column in compared]
    listed = ", ".join(map(statements.name, names))
    shown = f"select {listed} from {statements.name(case.relation)} where {case.where}"
    try:
        there = connection.execute(shown).fetchall()
        wanted = connection.execute(_select(case.expect, compared)).fetchall()
    except duck.DuckError as error:
        return duck.placed_message(error)[0]
    missing = []
    for row in wanted:
        same = next((one for one in there if _is_same(one, row)), None)
        if same is None:
            missing.append(row)
        else:
            there.remove(same)
    parts = [_listed("expected", names, missing), _listed("found", names, there)]
    return "; ".join(part for part in parts if part) or None


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
