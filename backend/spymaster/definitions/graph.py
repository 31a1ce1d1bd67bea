"""Which relation comes before which, which of them a selector names, and how far one looks back.

While a model with ``lookback: {market.bars_2m: 5}`` is built, ``market.bars_2m`` is a view over the
current session and its five predecessors. Looking back at a staging view widens the raw relations
below it. Views are expanded by whoever reads them, so whatever else the model reads must not reach
a widened relation through a view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from spymaster.definitions.project import Model, Project
from spymaster.errors import ModelError, UsageError
from spymaster.suggestions import suggestion

Upstream = Mapping[str, Iterable[str]]
"""The relations that each relation reads."""


def order(upstream: Upstream) -> list[str]:
    """Return every relation after all that it reads, otherwise by name.

    >>> order({"b": ["a"], "c": ["a", "b"], "a": []})
    ['a', 'b', 'c']

    Raises
    ------
    ModelError
        For a cycle, naming its path.
    """
    sorter = TopologicalSorter({name: sorted(upstream[name]) for name in sorted(upstream)})
    try:
        sorter.prepare()
    except CycleError as error:
        path = " -> ".join(reversed(error.args[1]))
        raise ModelError(f"models read each other in a circle: {path}") from None
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found += ready
        sorter.done(*ready)
    return found


def ancestors(upstream: Upstream, names: Iterable[str]) -> set[str]:
    """Return what some relations read, directly or not, and they themselves.

    >>> sorted(ancestors({"a": [], "b": ["a"], "c": ["b"]}, ["b"]))
    ['a', 'b']
    """
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += upstream.get(name, ())
    return found


def descendants(upstream: Upstream, names: Iterable[str]) -> set[str]:
    """Return what reads some relations, directly or not, and they themselves."""
    readers: dict[str, list[str]] = {name: [] for name in upstream}
    for name, reads in upstream.items():
        for read in reads:
            readers.setdefault(read, []).append(name)
    return ancestors(readers, names)


def select(upstream: Upstream, selector: str, bare_names: Mapping[str, str]) -> set[str]:
    """Return the models a selector names.

    Parameters
    ----------
    selector : str
        ``flow_5s`` or ``book.flow_5s``; ``+name`` with all upstream, ``name+`` with all
        downstream; a folder as ``book.*``, ``book`` or ``sql/book``.
    bare_names : mapping of str to str
        The name without a schema that each model answers to.

    Raises
    ------
    UsageError
        For a selector that names nothing, with names that come near.
    """
    wanted = selector.strip().removeprefix("+").removesuffix("+").removesuffix("/")
    named = {name for name in upstream if _is_named(name, bare_names.get(name), wanted)}
    if not named:
        path = wanted.removesuffix(".sql").replace("/", ".")
        raise UsageError(f"no model is called {wanted!r}; {suggestion(path, sorted(upstream))}")
    found = set(named)
    if selector.strip().startswith("+"):
        found |= ancestors(upstream, named)
    if selector.strip().endswith("+"):
        found |= descendants(upstream, named)
    return found & upstream.keys()


def leaves(project: Project, relation: str) -> set[str]:
    """Return what a relation is when its views are expanded: tables, files and raw records."""
    model = project.models.get(relation)
    if model is None or not model.header.is_view:
        return {relation}
    return {leaf for name in model.upstream for leaf in leaves(project, name)}


def readers_of(project: Project, models: list[Model]) -> dict[str, list[str]]:
    """Return which of some models read a leaf, in their order."""
    found: dict[str, list[str]] = {}
    for model in models:
        for leaf in {leaf for name in model.upstream for leaf in leaves(project, name)}:
            found.setdefault(leaf, []).append(model.relation)
    return found


def widened(project: Project, model: Model) -> dict[str, int]:
    """Return how many earlier sessions each leaf shows while a model is built."""
    return {
        leaf: count
        for name, count in model.header.lookback.items()
        for leaf in leaves(project, name)
    }


def looked_back_at(project: Project) -> set[str]:
    """Return every leaf of which some model shows earlier sessions."""
    return {leaf for model in project.models.values() for leaf in widened(project, model)}


def clashes(project: Project, model: Model) -> Iterator[str]:
    """Yield each upstream that would silently see more or fewer sessions than it says."""
    wide = widened(project, model)
    for name in model.upstream:
        count = model.header.lookback.get(name, 0)
        for leaf in sorted(leaves(project, name) & wide.keys()):
            if wide[leaf] != count:
                yield (
                    f"{name} would show {wide[leaf]} earlier sessions of {leaf} instead of {count},"
                    f" since another upstream looks back at it; give both the same lookback"
                )


def _is_named(relation: str, bare_name: str | None, wanted: str) -> bool:
    schema, table = relation.split(".")
    path = wanted.removesuffix(".sql").removeprefix("./").split("/")
    if len(path) > 1:
        return path[-1] == schema or path[-2:] == [schema, table]
    return wanted in (relation, bare_name, schema, f"{schema}.*")
