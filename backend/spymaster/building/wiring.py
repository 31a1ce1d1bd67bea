"""Which relations of a build wait for which, so that others may be made side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spymaster.building.hands import Wire
from spymaster.building.task import Piece
from spymaster.definitions.graph import ancestors
from spymaster.definitions.project import Model
from spymaster.definitions.replays import in_one_pass
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
    replays, readers = in_one_pass(built.values())
    names = {name: name for name in built} | {m.relation: replays[-1].relation for m in replays}
    found = {}
    for name in dict.fromkeys(names.values()):
        made = [*replays, *readers] if built[name] in replays else [built[name]]
        reads = _looked_at(made, built)
        needs = {names[read] for read in reads & built.keys()} - {name}
        asking = [built[one] for one in [*sorted(reads & built.keys()), name]]
        found[name] = Wire(
            frozenset(reads), frozenset(needs), _constants(asking), int(built[name] in replays)
        )
    return found


def _constants(models: Iterable[Model]) -> tuple[str, ...]:
    """Return what sets the constants of a model, the last, and of views among what it reads."""
    *read, own = models
    asking = [*(model for model in read if model.header.is_view), own]
    return tuple(s for model in asking for s in statements.constants(model.header.constants))


def _looked_at(readers: list[Model], built: Mapping[str, Model]) -> set[str]:
    """Return what some models read, views expanded, without what is of themselves."""
    views = {name: one.upstream for name, one in built.items() if one.header.is_view}
    read = [name for model in readers for name in model.upstream]
    return ancestors(views, read) - {model.relation for model in readers}
