"""Templates that changed, read anew: rendered once in the probe session, then parsed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from spymaster.book.relations import GIVES
from spymaster.book.source import digest as replay_digest
from spymaster.definitions.described import described, shared
from spymaster.definitions.discover import Source
from spymaster.definitions.header import Header, line_of_key, read_header
from spymaster.definitions.parsing import Macro, Query, QueryError, read_macros, read_query
from spymaster.definitions.project import Model, collect
from spymaster.definitions.renderer import Renderer
from spymaster.definitions.template import Templates
from spymaster.errors import ModelError
from spymaster.features.columns import columns
from spymaster.warehouse.relations import SLICE

FOREIGN_SAID = "asks what no file says; rows hang on what landed and on settings"


def read(renderer: Renderer, sources: list[Source]) -> dict[str, Model]:
    """Return models by relation.

    Raises
    ------
    ModelError
        With at least one line for each file that cannot be read.
    """
    # once, not as a problem of every model
    shared(renderer.sql)
    len(renderer.features)
    macros = _macros(renderer)
    models = collect([partial(_read, renderer.probe, macros, source) for source in sources])
    return {model.relation: model for model in models}


def reference_place(templates: Templates, model: Model, name: str) -> str:
    """Return ``file:line:column`` where a model's query names an upstream relation."""
    query = read_query(templates.render(model.source.template))
    for found in query.references:
        if found.name == name:
            return templates.locate(model.source.template, found.position)
    return f"{model.source.label}:1"


def _macros(renderer: Renderer) -> dict[str, Macro]:
    try:
        return read_macros(renderer.macros)
    except QueryError as error:
        raise ModelError(str(error)) from error


def _read(templates: Templates, macros: dict[str, Macro], source: Source) -> Model:
    header = read_header(source)
    text = templates.render(source.template)
    uses = tuple(templates.used())
    try:
        query = _read_pure(text)
        _check_variables(query, header)
    except QueryError as error:
        raise ModelError(templates.explain(source, str(error), error.position)) from error
    if not source.is_audit:
        registered = columns(templates.features.shown(source.relation))
        shown = tuple(GIVES[header.replay["gives"]]) if header.replay else query.columns
        found = described(source, header.columns, registered, shown)
        header = replace(header, columns=found)
        _check_grain(source, header)
    # by name, or two that swap theirs would read as before
    given = sorted(header.constants.items())
    constants = [_read_constant(source, name, text) for name, text in given]
    named = {found.name for one in (query, *constants) for found in one.references}
    digests = [query.digest, *(one.digest for one in constants)]
    if header.replay:
        named.add(header.replay["grid"])
        digests += [header.replay["gives"], replay_digest()]
    digests += _of_macros(source, macros, query.calls.union(*(one.calls for one in constants)))
    return Model(source, header, "+".join(digests), uses, tuple(sorted(named)))


def _read_pure(text: str) -> Query:
    query = read_query(text)
    if query.foreign:
        raise QueryError(f"{query.foreign.name} {FOREIGN_SAID}", query.foreign.position)
    return query


def _check_variables(query: Query, header: Header) -> None:
    """Refuse a constant that is not its own: it would be null, or what another model left."""
    for found in query.variables:
        if found.name not in (*header.constants, *SLICE):
            allowed = ", ".join(header.constants) or "none, as the header has no constants"
            raise QueryError(f"getvariable {found.name!r}; allowed: {allowed}", found.position)


def _of_macros(source: Source, macros: dict[str, Macro], calls: frozenset[str]) -> list[str]:
    """Return the digests of the macros that a model calls; one that is no rule is refused."""
    called = sorted(calls & macros.keys())
    for name in called:
        if foreign := macros[name].foreign:
            raise ModelError(f"{source.label}:1: macro {name}: {foreign} {FOREIGN_SAID}")
    return [macros[name].digest for name in called]


def _read_constant(source: Source, name: str, text: str) -> Query:
    try:
        return _read_pure(text)
    except QueryError as error:
        raise ModelError(f"{source.label}:1: constant {name}: {error}") from error


def _check_grain(source: Source, header: Header) -> None:
    names = [column.name for column in header.columns]
    for key in header.grain:
        if key not in names:
            where = f"{source.label}:{line_of_key(source, 'grain')}"
            raise ModelError(f"{where}: grain {key} is not a column")
