"""Exposure of options in SQL against plain Python and numpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples, usual
from options.exposure.chains import chain, tables
from options.exposure.harness import Exposure, exposure
from reference.chain import SETS, Chain
from reference.exposure import added, exposures, flow, is_member
from reference.features import differences
from reference.option_pressure import Inputs, level_series, rungs
from reference.profile import profile, walls
from reference.smile import smiles

long = examples(200)
seeds = st.integers(0, 10**6)
Rows = Mapping[Any, Mapping[str, Any]]
TOTALS = {
    **{"gex_total": ("gex_net",), "gex_gross": ("gex_gross",), "gex_flow": ("gex_flow",)},
    **{name: ("gex_volume_call", "gex_volume_put") for name in ("gex_volume", "gex_volume_gross")},
    **{f"{greek}_total": (f"{greek}_net",) for greek in ("vanna", "charm", "delta")},
}
"""What the profile adds up of each strike."""
ORDERS = ("d1", "d2", "d3")
KEPT = 2.0**-40
"""What a sum of doubles in SQL may lose of each addend, as a share of the largest."""


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(103, id="gamma is nothing at the forward but all there is at the zero"),
        pytest.param(50213, id="naive exposure and that of the flow cancel but for the last bit"),
        pytest.param(
            440, id="features of 1e5, of which a difference is 3", marks=pytest.mark.thorough
        ),
        pytest.param(
            485, id="flows of 1e8 at some strikes cancel to 6e4", marks=pytest.mark.thorough
        ),
    ],
)
def test_a_chain_that_was_hard_is_the_same_in_both_derivations(seed: int) -> None:
    compare(exposure(), chain(seed))


@pytest.mark.thorough
@usual
@given(seeds)
def test_exposure_flow_and_pressure_are_the_same_in_both_derivations(seed: int) -> None:
    compare(exposure(), chain(seed))


@pytest.mark.slow
@long
@given(seeds)
def test_many_chains_are_the_same_in_both_derivations(seed: int) -> None:
    compare(exposure(), chain(seed))


def compare(built: Exposure, made: Chain) -> None:
    """Compare every relation that a chain gives."""
    built.build(tables(made))
    buckets = range(1, made.n_buckets + 1)
    keys = ("bucket_end", "expiry", "strike")
    by_strike = {n: exposures(made, n) for n in buckets}
    agree(
        built.by("options.gex_5s", *keys),
        found := {
            (made.end(n), *key[1:]): row for n in buckets for key, row in by_strike[n].items()
        },
        {
            key: {"gex_net_flow": slack(row["gex_net"], row["gex_flow"])}
            for key, row in found.items()
        },
    )
    agree(
        built.by("options.flow_5s", *keys),
        {(made.end(n), *key[1:]): row for n in buckets for key, row in flow(made, n).items()},
    )
    sets = [(n, which) for n in buckets for which in SETS]
    agree(
        built.by("options.gex_by_strike_5s", "bucket_end", "expiry_set", "underlying_id", "strike"),
        held := {
            (made.end(n), which, *key): row
            for n, which in sets
            for key, row in added(made, n, by_strike[n], which).items()
        },
        {key: {name: slack(row["gex_gross"]) for name in row} for key, row in held.items()},
    )
    agree(
        built.by("options.gex_profile_5s", "bucket_end", "expiry_set"),
        {
            (made.end(n), which): row
            for n, which in sets
            if (row := profile(made, n, which)) is not None
        },
        {(made.end(n), which): lost(made, by_strike[n], which) for n, which in sets},
    )
    agree(
        built.by("options.walls_5s", "bucket_end", "expiry_set", "wall", "place"),
        {
            (made.end(n), which, wall, place): dict(
                zip(("price", "strike", "underlying_id", "held"), (*strike, held), strict=True)
            )
            for n, which in sets
            for wall, strikes in walls(made, n, which)
            for place, (strike, held) in enumerate(strikes, 1)
        },
    )
    agree(
        built.by("options.skew_5s", "bucket_end", "expiry"),
        {(made.end(n), expiry): row for n in buckets for expiry, row in smiles(made, n).items()},
    )
    found = built.by("options.pressure_5s", "level_id", "bucket_end", "offset", "expiry_set")
    features = list(pressures(made))
    agree(found, {key: row for key, row, _ in features}, {key: off for key, _, off in features})
    ladder = built.by("options.ladder_options_5s", "level_id", "bucket_end", "offset")
    agree(ladder, dict(ladders(made)))


def pressures(made: Chain) -> Iterable[tuple[Any, dict[str, float | None], dict[str, float]]]:
    """Yield every feature of every level with what it is over, its differences, and their slack."""
    inputs = Inputs(made)
    for level_id, prices in made.levels.items():
        for run in runs(prices):
            ratios = level_series(inputs, run)
            for offset, which in {key[1:] for key in ratios}:
                series = [ratios[n, offset, which] for n, _ in run]
                for at, ((n, _), row) in enumerate(zip(run, columns(series), strict=True)):
                    key = (level_id, made.end(n), offset, which)
                    yield key, row, cancelled(series[max(0, at - 3) : at + 1])


def ladders(made: Chain) -> Iterable[tuple[Any, Mapping[str, Any]]]:
    """Yield the options' part of the ladder around every level."""
    inputs = Inputs(made)
    for level_id, prices in made.levels.items():
        for run in runs(prices):
            for (n, offset), row in rungs(inputs, run).items():
                yield (level_id, made.end(n), offset), row


def runs(prices: dict[int, float]) -> list[list[tuple[int, float]]]:
    """Cut the buckets of a level where one is missing."""
    found: list[list[tuple[int, float]]] = []
    for n, price in sorted(prices.items()):
        if not found or found[-1][-1][0] != n - 1:
            found.append([])
        found[-1].append((n, price))
    return found


def columns(series: list[dict[str, Any]]) -> list[dict[str, float | None]]:
    """Return value, support and differences of each feature of a series."""
    rows: list[dict[str, float | None]] = [{} for _ in series]
    for name in series[0]:
        moved = differences([row[name][0] for row in series])
        for row, found, changes in zip(rows, series, moved, strict=True):
            row |= {name: found[name][0], f"{name}_support": found[name][1]}
            row |= {f"{name}_{order}": value for order, value in changes.items()}
    return rows


def lost(made: Chain, strikes: Rows, which: str) -> dict[str, float]:
    """Return what the totals of a set of expiries may be off by."""
    members = [row for key, row in strikes.items() if is_member(made, key[1], which)]
    return {
        total: slack(*(row[name] for row in members for name in names))
        for total, names in TOTALS.items()
    }


def slack(*addends: float | None) -> float:
    """Return what a sum may be off by that is taken twice: by strike, then over strikes."""
    known = [abs(addend) for addend in addends if addend is not None]
    return 2 * KEPT * len(known) * max(known, default=0.0)


def cancelled(series: list[dict[str, Any]]) -> dict[str, float]:
    """Return what differences may be off by: 1e-9 of values, which may be far larger than they."""
    largest = {
        name: max((abs(row[name][0]) for row in series if row[name][0] is not None), default=0.0)
        for name in series[0]
    }
    return {f"{name}_{order}": 1e-9 * value for name, value in largest.items() for order in ORDERS}


def agree(found: Rows, wanted: Rows, off: Mapping[Any, Mapping[str, float]] | None = None) -> None:
    """Compare the columns that the reference derives; ``off`` is where sums may cancel."""
    assert found.keys() == wanted.keys()
    wrong = [
        f"{key} {name}: SQL has {found[key][name]}, the reference {value}"
        for key, row in wanted.items()
        for name, value in row.items()
        if not same(found[key][name], value, max(1e-9, (off or {}).get(key, {}).get(name, 0)))
    ]
    assert not wrong, f"{len(wrong)} differ, such as\n" + "\n".join(wrong[:8])


def same(found: Any, wanted: Any, nothing: float) -> bool:
    """Compare to 1e-9 of the value, and null with null."""
    if found is None or wanted is None:
        return found is wanted
    if isinstance(wanted, str):
        return found == wanted
    return isclose(found, wanted, rel_tol=1e-9, abs_tol=nothing)
