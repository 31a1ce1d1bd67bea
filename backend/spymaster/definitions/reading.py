"""Templates that changed, read anew: rendered once in the probe session, then parsed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from spymaster.definitions import variables
from spymaster.definitions.described import described, shared
from spymaster.definitions.discover import Source
from spymaster.definitions.header import Header, read_header
from spymaster.definitions.parsing import QueryError, read_macros, read_query
from spymaster.definitions.project import Model, collect
from spymaster.definitions.template import Templates, duckdb_macros
from spymaster.errors import ModelError
from spymaster.features.columns import columns
from spymaster.settings import Settings


def read(settings: Settings, sql: Path, sources: list[Source]) -> dict[str, Model]:
    """Return models by relation.

    Raises
    ------
    ModelError
        With at least one line for each file that cannot be read.
    """
    templates = Templates(sql, variables.probe(settings))
    macros = read_macros("\n".join(duckdb_macros(sql).values()))
    shared(sql)  # once, not as a problem of every model
    models = []
    for model, words in collect([partial(_read, templates, source) for source in sources]):
        called = [macros[name] for name in sorted(words & macros.keys())]
        models.append(replace(model, digest="+".join([model.digest, *called])))
    return {model.relation: model for model in models}


def reference_place(settings: Settings, model: Model, name: str) -> str:
    """Return ``file:line:column`` where a model names an upstream relation."""
    templates = Templates(model.source.sql, variables.probe(settings))
    query = read_query(templates.render(model.source.template))
    position = next(found.position for found in query.references if found.name == name)
    return templates.locate(model.source.template, position)


def _read(templates: Templates, source: Source) -> tuple[Model, frozenset[str]]:
    header = read_header(source)
    text = templates.render(source.template)
    uses = tuple(templates.used())
    try:
        query = read_query(text)
    except QueryError as error:
        place = templates.locate(source.template, error.position)
        raise ModelError(f"{place}: {error}") from error
    if not source.is_audit:
        registered = columns(templates.features.shown(source.relation))
        found = described(source, header.columns, registered, query.columns)
        header = replace(header, columns=found)
        _check_grain(source, header)
    upstream = tuple(sorted(reference.name for reference in query.references))
    return Model(source, header, query.digest, uses, upstream), query.words


def _check_grain(source: Source, header: Header) -> None:
    names = [column.name for column in header.columns]
    for key in header.grain:
        if key not in names:
            line = source.text.count("\n", 0, source.text.index("\ngrain:")) + 2
            raise ModelError(f"{source.label}:{line}: grain {key} is not a column")
