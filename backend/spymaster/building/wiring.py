"""Which relations of a build wait for which, so that others may be made side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spymaster.building.hands import Wire
from spymaster.building.task import Piece
from spymaster.definitions.project import Model
from spymaster.warehouse import statements


def wired(pieces: Iterable[Piece], models: Iterable[Model]) -> Iterator[Piece]:
    """Yield the pieces that some models are with what each hangs on."""
    found = wires(models)
    for piece in pieces:
        yield replace(piece, wire=found[piece.relation])


def wires(models: Iterable[Model]) -> dict[str, Wire]:
    """Return what each of some models that are built hangs on.

    Replays are one pass, which bears the name of the last and makes their readers, too.
    """
    built = {model.relation: model for model in models}
    replays = [model for model in built.values() if model.header.replay]
    names = {name: name for name in built} | {m.relation: replays[-1].relation for m in replays}
    found = {}
    for name in dict.fromkeys(names.values()):
        made = _made(built, replays) if built[name] in replays else [built[name]]
        reads = _looked_at(made, built)
        needs = {names[read] for read in reads & built.keys()} - {name}
        asking = [built[one] for one in [*sorted(reads & built.keys()), name]]
        found[name] = Wire(frozenset(reads), frozenset(needs), _constants(asking))
    return found


def _constants(models: Iterable[Model]) -> tuple[str, ...]:
    """Return what sets the constants of a model, the last, and of views among what it reads."""
    *read, own = models
    asking = [*(model for model in read if model.header.is_view), own]
    return tuple(s for model in asking for s in statements.constants(model.header.constants))


def _made(built: Mapping[str, Model], replays: list[Model]) -> list[Model]:
    """Return what a pass makes."""
    given = {model.relation for model in replays}
    readers = [model for model in built.values() if not given.isdisjoint(model.upstream)]
    return [*replays, *readers]


def _looked_at(readers: list[Model], built: Mapping[str, Model]) -> set[str]:
    """Return what some models read, views expanded, without what is of themselves."""
    own, found = {model.relation for model in readers}, set[str]()
    left = [name for model in readers for name in model.upstream]
    while left:
        name = left.pop()
        if name not in own | found:
            found.add(name)
            left += built[name].upstream if name in built and built[name].header.is_view else ()
    return found
