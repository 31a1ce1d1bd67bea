"""The views and tables of a catalog: written without a file, comments and all, then filled."""

from __future__ import annotations

from collections.abc import Iterable

from spymaster.catalog import file_macros as listing
from spymaster.catalog import meta
from spymaster.catalog.file_macros import Paths
from spymaster.catalog.previous import Before
from spymaster.definitions.project import Model, Project
from spymaster.warehouse import duck, statements
from spymaster.warehouse.relations import describe


def create_blank(connection: duck.Connection, project: Project, relations: Iterable[str]) -> None:
    """Create all that a catalog has whatever has landed, in a database in memory of one thread.

    Each statement for itself, and none is optimized: a comment copies what it is about, and
    thousands cost three times as much in one transaction on a file.
    """
    blank: Paths = {relation: {} for relation in relations}
    connection.execute("pragma disable_optimizer")
    connection.execute(statements.schemas(blank, "meta"))
    for macro in project.renderer.macros.values():
        connection.execute(macro)
    listing.define(connection, project, blank)
    create(connection, project, blank)
    meta.create(connection)
    connection.execute("pragma enable_optimizer")


def create(connection: duck.Connection, project: Project, paths: Paths) -> None:
    """Create or replace relations, models under their bare names too, and comment on everything."""
    models = {name: model for name, model in project.models.items() if name in paths}
    queries = _rendered(project, models.values())
    for relation, files in paths.items():
        model = models.get(relation)
        if model is None:
            doc = project.raw[relation].doc
            _create(connection, project, relation, relation, doc, "view", listing.through(relation))
            continue
        doc, kind = model.header.doc, "view"
        query = queries.get(relation) or listing.through(relation)
        if model.header.materialize == "table":
            kind, query = "table", statements.files(files, model.header.columns, by_name=True)
        _create(connection, project, relation, relation, doc, kind, query)
        query = f"select * from {statements.name(relation)}"
        _create(connection, project, relation, f"main.{model.bare_name}", doc, "view", query)


def fill(connection: duck.Connection, project: Project, paths: Paths, before: Before) -> None:
    """Put the rows of their files into empty tables."""
    for relation, files in paths.items():
        model = project.models.get(relation)
        if files and model and model.header.materialize == "table":
            name = statements.name(relation)
            connection.execute(f"insert into {name} by name {before.select(model, files)}")


def _rendered(project: Project, models: Iterable[Model]) -> dict[str, str]:
    """Return the queries of models that readers compute anew; Jinja only loads if there are any."""
    views = [model for model in models if model.header.materialize == "view"]
    if not views:
        return {}
    templates = project.renderer.sessionless
    return {model.relation: templates.render(model.source.template) for model in views}


def _create(
    connection: duck.Connection,
    project: Project,
    relation: str,
    called: str,
    doc: str,
    kind: str,
    query: str,
) -> None:
    name = statements.name(called)
    connection.execute(f"create or replace {kind} {name} as\n{query}")
    there = dict(describe(connection, called))
    said = [f"comment on {kind} {name} is {statements.text(doc)}"]
    said += [
        f"comment on column {name}.{statements.name(column.name)}"
        f" is {statements.text(column.comment)}"
        for column in project.columns(relation)
        if column.name in there
    ]
    connection.execute("; ".join(said))
