"""In which order a bucket is built: what a screen shows first, what nobody waits for last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from spymaster.definitions.graph import ancestors

SOONEST = (
    *("market.bbo_5s", "market.trades_5s"),
    *("pressure.levels_5s", "pressure.cells_5s", "pressure.touch_5s", "pressure.tape_5s"),
    *("pressure.imbalance_5s", "pressure.states_5s", "pressure.touches", "pressure.phases_5s"),
    "pressure.book_ladder_5s",
)
"""What a screen shows of the book, and what decisions are made of: built and sent first."""
WIDE = "pressure.features_5s"
"""What repeats other relations in a thousand columns, which alone takes as long as they do."""


def grouped(made: Sequence[str], upstream: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return what is built together, the soonest wanted first, the rest as ``wide``.

    Relations that are given begin anew: levels stand before a bucket does, whatever made them.
    """
    above = {name: set(upstream[name]) & set(made) for name in made}
    made_of = {name: ancestors(above, [name]) for name in made}
    optional = [
        name
        for name, of in made_of.items()
        if WIDE not in of and any(one.startswith("options.") for one in of)
    ]
    book = ancestors(above, SOONEST)
    options = ancestors(above, optional) - book
    return {"book": book, "options": options, "wide": set(made) - book - options}
