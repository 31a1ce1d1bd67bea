"""The macro behind each view of a catalog: the rows of a relation's files, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from spymaster.models import statements
from spymaster.models.project import Project
from spymaster.models.state import State
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column

Paths: TypeAlias = dict[str, dict[str, date]]
"""The files behind each relation, and the date or session of each."""
SUFFIX = ".parquet"


def through(relation: str) -> str:
    """Return the select that a view of a relation's files is."""
    return f"select * from {_macro(relation)}()"


def define(
    connection: duck.Connection, project: Project, paths: Paths, odd: Iterable[str] = ()
) -> None:
    """Let a macro give the rows of each relation's files, so that no view has to be replaced."""
    for relation, files in paths.items():
        if not _is_rendered(project, relation):
            query = _select(project, relation, list(files), by_name=relation in odd)
            connection.execute(f"create or replace macro {_macro(relation)}() as table {query}")


def odd_ones(connection: duck.Connection, state: State, paths: Paths) -> set[str]:
    """Return relations whose files may have other columns than promised.

    Some of their sessions were built from other SQL, or their first file has them.
    """
    mixed = _mixed(state)
    return {
        relation
        for relation, files in paths.items()
        if relation in mixed or (files and _is_odd(connection, state.project, relation, files))
    }


def columns_of(project: Project, relation: str) -> tuple[Column, ...]:
    """Return the columns that a raw relation or a model promises."""
    raw = project.raw.get(relation)
    return raw.columns if raw else project.models[relation].header.columns


def _is_rendered(project: Project, relation: str) -> bool:
    """Whether a relation is a query of its own instead of its files."""
    model = project.models.get(relation)
    return model is not None and model.header.materialize == "view"


def _macro(relation: str) -> str:
    return f'meta."rows of {relation}"'


def _select(project: Project, relation: str, files: list[str], *, by_name: bool = False) -> str:
    columns = columns_of(project, relation)
    if not files:
        return statements.empty(columns)
    has_session = any(column.name == "session" for column in columns)
    folders = "date" if relation in project.raw else "session" if has_session else None
    return statements.read(_listed(files), by_name=by_name, folders=folders)


def _listed(files: list[str]) -> str:
    """Return the list of files made from one text: who opens a catalog reads every value in it."""
    start = files[0].rpartition("=")[0] + "="  # folders are named by date or session
    ends = statements.text(" ".join(file[len(start) :].removesuffix(SUFFIX) for file in files))
    whole = f"{statements.text(start)} || file || '{SUFFIX}'"
    return f"list_transform(string_split({ends}, ' '), lambda file: {whole})"


def _is_odd(
    connection: duck.Connection, project: Project, relation: str, files: Iterable[str]
) -> bool:
    if _is_rendered(project, relation):
        return False
    query = _select(project, relation, [next(iter(files))])
    found = connection.execute(f"describe {query}").fetchall()
    promised = [(column.name, column.type.upper()) for column in columns_of(project, relation)]
    return promised != [(name, kind) for name, kind, *_ in found]


def _mixed(state: State) -> set[str]:
    """Return models of which some sessions were built from other SQL."""
    expected = {
        model.relation: f'"sql":{{"":"{model.digest}"}}' for model in state.project.models.values()
    }
    return {
        relation
        for (relation, _), build in state.builds.items()
        if expected.get(relation, "") not in build.reasons
    }
