"""Relations that the compiled replay makes: all of a session in one pass, with their readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from spymaster.book.passage import Passage, Reader
from spymaster.definitions.project import Model


def passage_of(
    models: Iterable[Model], render: Callable[[Model], str], table: Callable[[str], str]
) -> Passage | None:
    """Return the one pass that makes the replays among some models for the readers among them.

    Parameters
    ----------
    render : callable
        Gives the query of a model.
    table : callable
        Gives the name of the table that a relation's rows go into.
    """
    replays, readers = in_one_pass(models)
    if not replays:
        return None
    return Passage(
        render(replays[-1]),
        replays[-1].header.replay["grid"],
        tuple((model.relation, model.header.replay["gives"]) for model in replays),
        tuple(Reader(one.relation, table(one.relation), render(one)) for one in readers),
    )


def in_one_pass(models: Iterable[Model]) -> tuple[list[Model], list[Model]]:
    """Return the replays among some models, and their readers, which the pass makes too."""
    models = list(models)
    replays = [model for model in models if model.header.replay]
    given = {model.relation for model in replays}
    return replays, [model for model in models if not given.isdisjoint(model.upstream)]
