"""Setups in SQL against setups in plain Python: integers exactly, ratios to 1e-12."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples, usual
from reference.buckets import trades_5s
from reference.markets import observe
from reference.phases import phases
from reference.records import Record
from reference.setups import (
    PLACES,
    SEGMENTS,
    Decision,
    Landed,
    decisions,
    outcome,
    segments,
    vector,
    walk,
)
from reference.touches import Levels, touches
from setups.harness import BUCKETS, END, HORIZONS, START, WAITS, setups
from setups.markets import LEVELS, market

TOLERANCE = 1e-12
long = examples(150)
KEY = ("cluster_id", "touched_at", "wait_s")


@pytest.mark.parametrize("seed", [1, 7])
def test_both_derivations_agree_on_a_market(seed: int) -> None:
    """The first has tapes that are too short, and prices that are back beyond a barrier twice."""
    compare(market(seed, BUCKETS), LEVELS)


@pytest.mark.thorough
@usual
@given(st.integers(0, 1_000_000))
def test_both_derivations_agree(seed: int) -> None:
    compare(market(seed, BUCKETS), LEVELS)


@pytest.mark.slow
@long
@given(st.integers(0, 1_000_000), st.integers(30, BUCKETS))
def test_both_derivations_agree_on_many_markets(seed: int, buckets: int) -> None:
    compare(market(seed, buckets), LEVELS)


def compare(records: list[Record], levels: Levels) -> None:
    """Compare every relation of setups, and the touches they are about."""
    built = setups().around(records, levels)
    known = [record for record in records if record.ts_recv < END]
    moments, trades = observe(known, START, END), trades_5s(known, START, END)
    came = touches(moments, levels, trades)
    agree(
        "touches",
        {(r["level_id"], r["bucket_end_ns"]): r for r in came},
        built.by("pressure.touches", "level_id", "bucket_end"),
    )
    agree(
        "phases_5s",
        {(r["level_id"], r["bucket_end_ns"]): r for r in phases(moments, levels, trades)},
        built.by("pressure.phases_5s", "level_id", "bucket_end"),
    )
    made = decisions(came, moments, levels, WAITS)
    agree("decisions", {key(one): _row(one) for one in made}, built.by("setups.decisions", *KEY))
    pieces = {key(one): segments(one, moments, levels) for one in made}
    agree(
        "segments",
        {(*at, *where): row for at, found in pieces.items() for where, row in found.items()},
        built.by("setups.segments", *KEY, "segment", "place"),
    )
    columns = built.rows("from setups.vector_columns order by dim")
    names = [row["name"] for row in columns]
    said = ("dim", "feature", "place", "segment", "block")
    assert [tuple(row[key] for key in said) for row in columns] == _columns(names)
    vectors = {key(one): vector(one, pieces[key(one)], moments, levels, trades) for one in made}
    agree(
        "vectors",
        {
            at: {"v": [v[name] for name in names], "mask": _mask(v, names)}
            for at, v in vectors.items()
        },
        built.by("setups.vectors", *KEY),
    )
    assert all(set(v) == set(names) for v in vectors.values())
    landed = Landed(records[0].ts_recv, records[-1].ts_recv)
    agree(
        "outcomes",
        {(*key(one), T): outcome(one, moments, T, END, landed) for one in made for T in HORIZONS},
        built.by("setups.outcomes", *KEY, "horizon_s"),
    )
    agree(
        "walks", {(T,): walk(moments, T) for T in HORIZONS}, built.by("setups.walks", "horizon_s")
    )


def key(one: Decision) -> tuple[str, int, int]:
    return one.cluster_id, one.touched_ns, one.wait_s


def _row(one: Decision) -> dict[str, Any]:
    return {
        "decided_at": one.at_ns,
        "dir": one.dir,
        "tick": one.tick,
        "price": one.tick * 0.25,
        "decision_mid": one.mid * 0.25,
        "dist_ticks": one.dir * (one.mid - one.tick),
        "sigma_ticks": one.sigma,
        "n_buckets": one.n_buckets,
    }


def _columns(names: list[str]) -> list[tuple[Any, ...]]:
    """Return what the name of each number says: its place in a vector, of what, where, when."""
    found = []
    for dim, name in enumerate(names, 1):
        what, *seconds = name.removesuffix("s").rsplit("_", 2)
        feature, place = what.split("__")
        segment = SEGMENTS.index((int(seconds[0]), int(seconds[1])))
        block = "states" if place in ("front", "back") else place.split("_")[0]
        found.append((dim, feature, place, segment, block))
    return found


def _mask(values: dict[str, float | None], names: list[str]) -> int:
    return sum(1 << bit for bit, name in enumerate(names) if values[name] is not None)


def agree(
    relation: str, wanted: dict[Any, dict[str, Any]], found: dict[Any, dict[str, Any]]
) -> None:
    """Compare the columns that the reference derives."""
    assert found.keys() == wanted.keys(), relation
    wrong = [
        f"{relation} {at} {name}: SQL has {found[at][name]}, the reference {value}"
        for at, row in wanted.items()
        for name, value in row.items()
        if name != "bucket_end_ns" and not _same(found[at][name], value)
    ]
    assert not wrong, "\n".join(wrong[:5])


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_same, found, wanted))
    if isinstance(found, float) and isinstance(wanted, float | int):
        return abs(found - wanted) <= TOLERANCE * max(1.0, abs(wanted))
    return bool(found == wanted)


@pytest.mark.thorough
def test_the_markets_have_what_is_to_be_told_apart() -> None:
    """Both ways, all outcomes, cut horizons, clusters, pokes, levels known late."""
    seen: dict[str, set[Any]] = {"approach": set(), "outcome": set(), "why": set()}
    told: dict[str, set[Any]] = {"phase": set(), "why": set(), "why_60s": set()}
    clusters = pokes = late = 0
    for seed in range(6):
        built = setups().around(market(seed, BUCKETS), LEVELS)
        for row in built.rows("from pressure.touches"):
            seen["approach"].add(row["approach"])
            clusters += len(row["level_ids"]) > 1
            pokes += abs(row["dist_ticks"]) > 2 and row["is_traded"]
        for row in built.rows("from setups.outcomes"):
            seen["outcome"].add(row["outcome"])
            seen["why"].add(row["why"])
        for row in built.rows("from pressure.phases_5s"):
            told["phase"].add(row["phase"])
        for row in built.rows("from pressure.states_5s"):
            told["why"].add(row["why"])
            told["why_60s"].add(row["why_60s"])
        late += sum(row["n_buckets"] < 24 for row in built.rows("from setups.decisions"))
    assert seen["approach"] == {"from_below", "from_above"}
    assert seen["outcome"] == {"break", "reject", "chop", None}
    assert seen["why"] >= {"window_ends", None}
    assert told["phase"] == {"idle", "approach", "touch", "left"}
    assert told["why"] >= {None, "level_new", "bids_below_out_of_reach", "no_flow_above"}
    assert told["why_60s"] >= {None, "level_new", "warming_up", "asks_above_out_of_reach"}
    assert min(clusters, pokes, late) > 0
    assert len(PLACES) * len(SEGMENTS) == 28
