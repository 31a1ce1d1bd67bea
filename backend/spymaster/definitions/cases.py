"""Cases of a model, in ``<table>.cases.yml`` beside it: rows of upstream in, expected rows out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster import settings, texts
from spymaster.definitions import discover, graph, manual_levels, variables
from spymaster.definitions.project import Model, Project, collect
from spymaster.errors import DataError, ModelError, UsageError

if TYPE_CHECKING:
    import yaml

SUFFIX = ".cases.yml"
REQUIRED = {"case": str, "given": dict, "expect": list}
OPTIONAL = ("session", "settings", "where")
KEYS = (*REQUIRED, *OPTIONAL)
Rows = list[dict[str, Any]]
"""Values by column; none is null."""


@dataclass(frozen=True)
class Case:
    """What a model gives for a few rows of what it reads."""

    relation: str
    place: str
    """file:line."""
    title: str
    """What the case shows, a sentence."""
    settings: settings.Settings
    session: date
    given: dict[str, Rows]
    """Rows by relation, any that the model is made of; others are as if nothing had landed."""
    expect: Rows
    """Every row that is expected, in any order; only the columns named are compared."""
    where: str
    """Condition on the rows that are compared."""


def find(project: Project) -> list[Case]:
    """Return every case of a project, by file.

    Raises
    ------
    ModelError
        With one line for each file that cannot be read.
    """
    paths = sorted(project.sql.rglob(f"*{SUFFIX}"))
    return [case for found in collect([_reader(project, path) for path in paths]) for case in found]


def _reader(project: Project, path: Path) -> Any:
    return lambda: _read(project, path)


def _read(project: Project, path: Path) -> list[Case]:
    import yaml

    name = discover.label(project.sql, path)
    relation = discover.relation(project.sql, path)
    if relation not in project.models:
        raise ModelError(f"{name}: no model is called {relation}")
    node, written = texts.parse(name, texts.read(path, name), loader=_plain_loader())
    if not isinstance(node, yaml.SequenceNode) or not isinstance(written, list):
        raise ModelError(f"{name}:1: expected a list of cases")
    if not all(isinstance(one, dict) for one in written):
        raise ModelError(f"{name}:1: expected a list of cases")
    lines = [item.start_mark.line + 1 for item in node.value]
    model = project.models[relation]
    return [
        _case(project, model, f"{name}:{line}", one)
        for line, one in zip(lines, written, strict=True)
    ]


def _plain_loader() -> type[yaml.CSafeLoader]:
    """Return a loader that leaves times as they are written: YAML's own end at microseconds."""
    import yaml

    class Plain(yaml.CSafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
            for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }

    return Plain


def _case(project: Project, model: Model, place: str, written: dict[str, Any]) -> Case:
    for key, kind in REQUIRED.items():
        if not isinstance(written.get(key), kind):
            raise ModelError(f"{place}: expected {key}, found {written.get(key)!r}")
    if unknown := [key for key in written if key not in KEYS]:
        raise ModelError(f"{place}: unknown key {unknown[0]}; allowed: {', '.join(KEYS)}")
    reached = graph.ancestors(project.upstream, model.upstream)
    columns = {name: _columns(project, name) for name in reached}
    given = {name: rows or [] for name, rows in written["given"].items()}
    for name, rows in given.items():
        if name not in columns:
            raise ModelError(f"{place}: {model.relation} is not made of {name}")
        _check_rows(f"{place}: {name}", rows, columns[name])
    _check_rows(f"{place}: expect", written["expect"], _columns(project, model.relation))
    if len({tuple(sorted(row)) for row in written["expect"]}) > 1:
        raise ModelError(f"{place}: the expected rows do not all name the same columns")
    chosen, session = _circumstances(place, written)
    where = str(written.get("where", "true"))
    return Case(
        model.relation, place, written["case"], chosen, session, given, written["expect"], where
    )


def _circumstances(place: str, written: dict[str, Any]) -> tuple[settings.Settings, date]:
    other = written.get("settings") or {}
    if not isinstance(other, dict):
        raise ModelError(f"{place}: expected settings by key, found {other!r}")
    try:
        chosen = settings.given("settings", other)
        manual_levels.tracked(chosen)
        return chosen, date.fromisoformat(str(written.get("session", variables.PROBE_SESSION)))
    except (UsageError, DataError, ValueError) as error:
        raise ModelError(f"{place}: {error}") from error


def _columns(project: Project, relation: str) -> set[str]:
    return {column.name for column in project.columns[relation]}


def _check_rows(place: str, rows: Any, columns: set[str]) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ModelError(f"{place}: expected a list of rows")
    for row in rows:
        if unknown := row.keys() - columns:
            raise ModelError(f"{place}: no column is called {min(map(str, unknown))}")
