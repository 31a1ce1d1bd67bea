"""Templates that changed, read anew: rendered once in the probe session, then parsed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from spymaster.definitions.described import described, shared
from spymaster.definitions.discover import Source
from spymaster.definitions.header import Header, read_header
from spymaster.definitions.parsing import QueryError, read_macros, read_query
from spymaster.definitions.project import Model, collect
from spymaster.definitions.renderer import Renderer
from spymaster.definitions.template import Templates
from spymaster.errors import ModelError
from spymaster.features.columns import columns


def read(renderer: Renderer, sources: list[Source]) -> dict[str, Model]:
    """Return models by relation.

    Raises
    ------
    ModelError
        With at least one line for each file that cannot be read.
    """
    shared(renderer.sql)  # once, not as a problem of every model
    macros = read_macros("\n".join(renderer.macros.values()))
    models = []
    for model, words in collect([partial(_read, renderer.probe, source) for source in sources]):
        called = [macros[name] for name in sorted(words & macros.keys())]
        models.append(replace(model, digest="+".join([model.digest, *called])))
    return {model.relation: model for model in models}


def reference_place(templates: Templates, model: Model, name: str) -> str:
    """Return ``file:line:column`` where a model names an upstream relation."""
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
        raise ModelError(templates.explain(source, str(error), error.position)) from error
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
