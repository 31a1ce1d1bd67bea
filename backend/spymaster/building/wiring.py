"""Which pieces of a session wait for which, so that others may be made side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spymaster.building.task import Piece
from spymaster.definitions.project import Model


def wired(pieces: Iterable[Piece], building: list[Model]) -> Iterator[Piece]:
    """Yield pieces with what they read and which others make that, all replays being one."""
    pieces, models = list(pieces), {model.relation: model for model in building}
    steps = {model.relation: model.relation for model in building}
    for piece in pieces:
        if piece.passage:
            steps |= {model.relation: piece.relation for model in building if model.header.replay}
    for piece in pieces:
        reads = _looked_at(_models_of(piece, models), models)
        needs = {steps[name] for name in reads if name in steps}
        yield replace(piece, reads=frozenset(reads), needs=frozenset(needs - {piece.relation}))


def _models_of(piece: Piece, models: Mapping[str, Model]) -> list[Model]:
    """Return the models whose queries a piece runs: a passage those of all that it makes."""
    if piece.passage is None:
        return [models[piece.relation]]
    made = {
        *(name for name, _ in piece.passage.gives),
        *(r.relation for r in piece.passage.readers),
    }
    return [models[name] for name in made]


def _looked_at(readers: list[Model], models: Mapping[str, Model]) -> set[str]:
    """Return what some models read, views expanded; without what they make themselves."""
    own, found = {model.relation for model in readers}, set[str]()
    left = [name for model in readers for name in model.upstream]
    while left:
        name = left.pop()
        if name not in own | found:
            found.add(name)
            left += models[name].upstream if name in models and models[name].header.is_view else ()
    return found
