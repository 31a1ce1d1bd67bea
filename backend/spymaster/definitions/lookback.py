"""Looking back: which relations show earlier sessions while a model is built.

While a model with ``lookback: {market.bars_2m: 5}`` is built, ``market.bars_2m`` is a view over the
current session and its five predecessors. Looking back at a staging view widens the raw relations
below it. Views are expanded by whoever reads them, so whatever else the model reads must not reach
a widened relation through a view.
"""

from __future__ import annotations

from collections.abc import Iterator

from spymaster.definitions.project import Model, Project


def leaves(project: Project, relation: str) -> set[str]:
    """Return what a relation is when its views are expanded: tables, files and raw records."""
    model = project.models.get(relation)
    if model is None or not model.header.is_view:
        return {relation}
    return {leaf for name in model.upstream for leaf in leaves(project, name)}


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
