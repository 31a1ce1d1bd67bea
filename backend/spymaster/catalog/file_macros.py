"""The macro behind each view of a catalog: the rows of a relation's files, wherever they lie.

It bears the view's name and takes a session, for raw records a date: ``from book.flow_5s`` is the
view, ``from book.flow_5s('2024-03-05')`` the macro. A view looks at every file of its list before
it learns what is asked of it; the macro lists the files of that session only, so that it costs
nothing how many others there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from spymaster.definitions.project import Project
from spymaster.planning.sessions import Landed
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import duck, statements
from spymaster.warehouse.layout import WHOLE, raw_relation

Paths: TypeAlias = dict[str, dict[str, date]]
"""The files behind each relation, and the date or session of each."""
SHARED = frozenset(map(raw_relation, WHOLE))
"""Relations whose files hold many dates; of those, nothing is in a folder of its date."""
SUFFIX = ".parquet"


def through(relation: str) -> str:
    """Return the select that a view of a relation's files is."""
    return f"select * from {statements.name(relation)}()"


def define(
    connection: duck.Connection,
    project: Project,
    paths: Paths,
    odd: Iterable[str] = (),
    landed: Landed | None = None,
) -> None:
    """Let a macro give the rows of each relation's files, so that no view has to be replaced."""
    for relation, files in paths.items():
        if not _is_rendered(project, relation):
            if files and landed and relation in SHARED:
                query = _select_shared(project, relation, files, landed)
            else:
                query = _select(project, relation, list(files), by_name=relation in odd)
            day = day_of(project, relation)
            takes = f"{statements.name(day)} := null" if day else ""
            macro = f"{statements.name(relation)}({takes})"
            connection.execute(f"create or replace macro {macro} as table {query}")


def odd_ones(connection: duck.Connection, snapshot: Snapshot, paths: Paths) -> set[str]:
    """Return relations whose files may have other columns than promised.

    Some of their sessions were built from other SQL, or their first file has them.
    """
    mixed = _mixed(snapshot)
    return {
        relation
        for relation, files in paths.items()
        if relation in mixed or (files and _is_odd(connection, snapshot.project, relation, files))
    }


def _is_rendered(project: Project, relation: str) -> bool:
    """Whether a relation is a query of its own instead of its files."""
    model = project.models.get(relation)
    return model is not None and model.header.materialize == "view"


def day_of(project: Project, relation: str) -> str | None:
    """Return the column that a relation's folders are named by, if it is of files and they are."""
    if relation in project.raw:
        return "date"
    if _is_rendered(project, relation):
        return None
    names = (column.name for column in project.columns[relation])
    return "session" if "session" in names else None


def _select(project: Project, relation: str, files: list[str], *, by_name: bool = False) -> str:
    if not files:
        return _nothing(project, relation)
    day = day_of(project, relation)
    # of files with other columns than promised, one has not what only another does
    listed = _listed(files, None if by_name else day)
    query = statements.read(listed, by_name=by_name, folders=day)
    if not day:
        return query
    # "date" alone is what the macro takes, and the column where it is called a column of files
    given, column = statements.name(day), f"files.{statements.name(day)}"
    return f"{query} as files where {given} is null or {column} = {given}::date"


def _nothing(project: Project, relation: str) -> str:
    """Return the select of a relation without a file: no rows, or why there can be none."""
    columns = project.columns[relation]
    if relation in project.raw or relation in project.written:
        return statements.empty(columns)
    return statements.refusing(
        columns,
        f"{relation} is as long as the raw day and was not kept: "
        f'set keep = ["{relation}"] in spymaster.toml and run again',
    )


def _select_shared(project: Project, relation: str, files: Iterable[str], landed: Landed) -> str:
    """Return the select over files of many dates: what of a file was replaced is left out."""
    query = statements.files(files, project.raw[relation].columns)
    conditions = ['("date" is null or files."date" = "date"::date)'] + [
        f"(file_id <> {duck.literal(file)} or files.date in ({', '.join(map(duck.literal, days))}))"
        for file, days in landed.left_of(relation).items()
    ]
    return f"{query} as files where {' and '.join(conditions)}"


def _listed(files: list[str], day: str | None) -> str:
    """Return the list of files, cut from one text: who opens a catalog reads every value in it.

    Where a day is given it is that day's, and the first one, since a list has to have a file.
    """
    start = files[0].rpartition("=")[0] + "="  # folders are named by date or session
    ends = statements.text(" ".join(file[len(start) :].removesuffix(SUFFIX) for file in files))
    wanted = f"coalesce({statements.name(day)}::date::varchar, '')" if day else "''"
    found = f"regexp_extract_all({ends}, '^[^ ]+|' || {wanted} || '[^ ]+')"
    whole = f"{statements.text(start)} || file || '{SUFFIX}'"
    return f"list_transform({found}, lambda file: {whole})"


def _is_odd(
    connection: duck.Connection, project: Project, relation: str, files: Iterable[str]
) -> bool:
    if _is_rendered(project, relation):
        return False
    first = statements.text(next(iter(files)))
    folders = None if relation in SHARED else day_of(project, relation)
    query = statements.read(f"[{first}]", folders=folders)
    found = connection.execute(f"describe {query}").fetchall()
    promised = [(column.name, column.type.upper()) for column in project.columns[relation]]
    return promised != [(name, kind) for name, kind, *_ in found]


def _mixed(snapshot: Snapshot) -> set[str]:
    """Return models of which some sessions were built from other SQL."""
    models = snapshot.project.models
    return {
        relation
        for (relation, _), build in snapshot.builds.items()
        if relation in models and build.sql != models[relation].digest
    }
