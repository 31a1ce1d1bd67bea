"""Neighbours, forecasts and what they were worth, in SQL and in plain Python."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from reference.analogs.forecasts import candidate, forecast, looks, walk_odds, weights, width_of
from reference.analogs.past import OUTCOMES, UNCLAIMED, Past, Rules, Touch
from reference.analogs.record import reliability
from reference.analogs.search import neighbours, norms, relevance
from reference.buckets import Row
from reference.setups import barrier
from setups.desk import HORIZONS, RULES, WAITS, Day, Desk, at
from spymaster.features import Registry
from spymaster.warehouse.columns import SQL

FIRST = date(2024, 3, 4)
BLOCKS = [column.block for _ in range(4) for column in Registry(SQL).setup]
REFERENCE = Rules(
    blocks=BLOCKS,
    weights=dict(RULES.analog_blocks),
    k=RULES.analog_k,
    cap=RULES.analog_cap,
    min_sessions=RULES.analog_min_sessions,
)
few = examples(5)
many = examples(40)


def test_both_derivations_forecast_the_same_over_one_history() -> None:
    claimed = compare(list(days(22, 12)))
    assert claimed > 9  # of twelve sessions by two waits and two horizons


@pytest.mark.thorough
@few
@given(st.integers(0, 1_000_000))
def test_both_derivations_forecast_the_same(seed: int) -> None:
    compare(list(days(seed, 16)))


@pytest.mark.slow
@many
@given(st.integers(0, 1_000_000), st.integers(2, 30))
def test_both_derivations_forecast_the_same_over_many_histories(seed: int, count: int) -> None:
    compare(list(days(seed, count)))


def days(seed: int, count: int) -> Iterator[Day]:
    """Yield sessions of a few setups each, some of which repeat one of another session exactly."""
    chance = random.Random(seed)
    shapes = [[chance.uniform(-1, 1) for _ in BLOCKS] for _ in range(3)]
    seen: list[list[float | None]] = []
    for n in range(count):
        session = FIRST + timedelta(days=n)
        # later on the same shape ends otherwise, so that there is something to notice
        yield _day(session, chance, shapes, seen, turned=n > 0.7 * count)


def _day(
    session: date,
    chance: random.Random,
    shapes: Sequence[Sequence[float]],
    seen: list[list[float | None]],
    *,
    turned: bool,
) -> Day:
    found: dict[str, list[dict[str, Any]]] = {"decisions": [], "vectors": [], "outcomes": []}
    for touch in range(chance.choice((0, 3, 4, 5, 6))):
        kind = chance.randrange(len(shapes))
        key = {
            "session": session,
            "instrument_id": 1,
            "cluster_id": chance.choice(("PM_HIGH", "PM_LOW")),
            "touched_at": at(session, 300 * touch),
        }
        for wait in WAITS:
            sigma = chance.uniform(0.5, 4)
            vector = _vector(chance, shapes[kind], seen)
            own = key | {"wait_s": wait}
            found["decisions"].append(own | {"sigma_ticks": sigma, "dir": 1})
            found["vectors"].append(own | {"v": vector, "mask": 0})
            for horizon in HORIZONS:
                end = OUTCOMES[(kind + turned) % 3] if chance.random() < 0.9 else None
                came = chance.choice((*OUTCOMES, *[end] * 7))
                went = {"hit_s": chance.randrange(5, 120), "mfe_sigma": chance.uniform(0, 9)}
                went["mae_sigma"] = 9 - went["mfe_sigma"]
                found["outcomes"].append(own | went | {"horizon_s": horizon, "outcome": came})
    walks = [
        {"session": session, "instrument_id": 1, "horizon_s": horizon, "n_steps": 100}
        | {"step_squares": chance.randrange(100, 900), "n_moves": 90}
        | {"move_squares": chance.randrange(1_000, 30_000)}
        for horizon in HORIZONS
    ]
    # of one session in six records are missing, and it counts as no past
    lacks = "nothing landed after 10:15" if chance.random() < 1 / 6 else None
    whole = [{"session": session, "root": "ES", "incomplete": lacks}]
    return Day(session, whole, **found, walks=walks)


def _vector(
    chance: random.Random, shape: Sequence[float], seen: list[list[float | None]]
) -> list[float | None]:
    if seen and chance.random() < 0.15:
        return seen[chance.randrange(len(seen))]
    # number 5 is the same nearly always, number 6 always, number 7 never there
    made: list[float | None] = [
        None if chance.random() < 0.1 else float(f"{value + chance.gauss(0, 0.3):.2f}")
        for value in shape
    ]
    made[5], made[6], made[7] = float(chance.random() < 0.1), 0.25, None
    seen.append(made)
    return made


def compare(history: Sequence[Day]) -> int:
    """Build session after session in both, compare all that each leaves, and count the claims."""
    desk, past, recent = Desk(), Past(), []  # type: ignore[var-annotated]
    for day in history:
        desk.add(day)
        _compare_day(desk, day, past, recent)
        recent.append(day)
        if day.sessions[0]["incomplete"]:
            continue
        for row in day.outcomes:
            if row["outcome"]:
                known = past.outcomes.setdefault((row["wait_s"], row["horizon_s"]), {})
                known[_touch(row)] = row["outcome"]
        for row in day.vectors:
            past.vectors.setdefault(row["wait_s"], {})[_touch(row)] = _floats(row["v"])
        for row in day.walks:
            past.walks.setdefault(row["horizon_s"], []).append(row)
    return sum(row["alpha"] < UNCLAIMED for row in desk.rows("analogs.weights"))


def _compare_day(desk: Desk, day: Day, past: Past, recent: Sequence[Day]) -> None:
    session = day.session
    latest = {
        wait: {
            _touch(row): _floats(row["v"])
            for one in recent[-60:]
            for row in one.vectors
            if row["wait_s"] == wait and not one.sessions[0]["incomplete"]
        }
        for wait in WAITS
    }
    wanted = {
        (wait, dim): {"centre": centre, "scale": scale, "n_values": n_values}
        for wait in WAITS
        for dim, ((centre, scale), n_values) in enumerate(
            zip(norms(latest[wait].values()), _counts(latest[wait].values()), strict=True), 1
        )
    }
    agree("norms", wanted, _by(desk.rows("analogs.norms", session), "wait_s", "dim"), 1e-12)
    counts = {
        wait: relevance(
            latest[wait],
            {horizon: past.outcomes.get((wait, horizon), {}) for horizon in HORIZONS},
            REFERENCE,
        )
        for wait in WAITS
    }
    told = {
        (wait, dim): {"n_ways": n, "correlation": r, "weight": weight}
        for wait in WAITS
        for dim, (n, r, weight) in enumerate(counts[wait], 1)
    }
    agree("relevance", told, _by(desk.rows("analogs.relevance", session), "wait_s", "dim"), 1e-12)
    near = {
        (*_touch(row)[1:], row["wait_s"]): neighbours(
            session,
            _floats(row["v"]),
            past.vectors.get(row["wait_s"], {}),
            latest[row["wait_s"]],
            [weight for _, _, weight in counts[row["wait_s"]]],
            REFERENCE,
        )
        for row in day.vectors
    }
    ranked = {
        (*key, rank): {
            "neighbour_session": touch[0],
            "neighbour_cluster_id": touch[1],
            "neighbour_touched_at": touch[2],
            "distance": far,
        }
        for key, found in near.items()
        for rank, (far, touch) in enumerate(found, 1)
    }
    found = _by(desk.rows("analogs.neighbours", session), *_SETUP, "rank")
    agree("neighbours", ranked, found, 1e-9)
    agree("cards", _cards(ranked, recent), _by(desk.rows("analogs.cards", session), *_CARD), 1e-9)
    _compare_forecasts(desk, day, past, near)


def _counts(vectors: Iterable[Sequence[float | None]]) -> list[int]:
    """Return how many have each number."""
    return [sum(value is not None for value in each) for each in zip(*vectors, strict=True)]


def _cards(ranked: dict[Any, Row], earlier: Sequence[Day]) -> dict[Any, Row]:
    """Return each neighbour with what came of it at each horizon."""
    came = {
        (*_touch(row), row["wait_s"], row["horizon_s"]): row
        for day in earlier
        for row in day.outcomes
    }
    names = ("neighbour_session", "neighbour_cluster_id", "neighbour_touched_at")
    found = {}
    for (cluster_id, touched_at, wait, rank), near in ranked.items():
        for horizon in HORIZONS if rank <= RULES.analog_k else ():
            own = came.get((*(near[name] for name in names), wait, horizon))
            if own is not None:
                names_told = ("outcome", "hit_s", "mfe_sigma", "mae_sigma")
                told = {name: own.get(name) for name in names_told}
                found[cluster_id, touched_at, wait, horizon, rank] = near | told
    return found


def _compare_forecasts(desk: Desk, day: Day, past: Past, near: dict[Any, Any]) -> None:
    session = day.session
    rows = {
        name: _by(desk.rows(f"analogs.{name}", session), *_SETUP, "horizon_s")
        for name in ("candidates", "forecasts")
    }
    chosen = _by(desk.rows("analogs.weights", session), "wait_s", "horizon_s")
    trusted = _by(desk.rows("analogs.looks", session), "wait_s", "horizon_s")
    told = _by(desk.rows("analogs.reliability", session), "wait_s", "horizon_s")
    made: dict[tuple[int, int], tuple[dict[Touch, Row], dict[Touch, Row]]] = {}
    for cell in ((wait, horizon) for wait in WAITS for horizon in HORIZONS):
        known = past.outcomes.get(cell, {})
        behind = past.candidates.get(cell, {})
        base_part, alpha, n_scored, t = weights(behind, known)
        agree(
            "weights",
            {cell: {"base_part": base_part, "alpha": alpha, "n_scored": n_scored}},
            {cell: chosen[cell]},
            0,
        )
        agree("weights", {cell: {"t_statistic": t}}, {cell: chosen[cell]}, 1e-9)
        n_judged, n_looks = looks(behind, known, base_part, alpha)
        agree(
            "looks",
            {cell: {"n_judged": n_judged, "n_looks": n_looks}},
            {cell: trusted[cell]},
            1e-9,
        )
        width = width_of(past.walks.get(cell[1], []), cell[1])
        distances = [
            row["mean_distance"]
            for touch, row in behind.items()
            if touch in known and row["mean_distance"] is not None
        ]
        candidates, forecasts = {}, {}
        for row in day.decisions:
            if row["wait_s"] != cell[0]:
                continue
            touch = _touch(row)
            odds = walk_odds(
                barrier(row["sigma_ticks"], cell[1]), width * row["sigma_ticks"], cell[1] // 5
            )
            one = candidates[touch] = candidate(
                near[(*touch[1:], cell[0])], known, odds, REFERENCE.k
            )
            two = forecasts[touch] = forecast(one, base_part, alpha, n_looks, distances, REFERENCE)
            key = (*touch[1:], *cell)
            assert rows["forecasts"][key]["barrier_ticks"] == barrier(row["sigma_ticks"], cell[1])
            agree("candidates", {key: _flat_candidate(one)}, {key: rows["candidates"][key]}, 1e-9)
            said = _behind(one) | _flat_forecast(two)
            agree("forecasts", {key: said}, {key: rows["forecasts"][key]}, 1e-9)
        made[cell] = candidates, forecasts
        record = reliability(past.forecasts.get(cell, {}), behind, known)
        assert (record is None) == (cell not in told)
        if record is not None:
            agree("reliability", {cell: record}, {cell: told[cell]}, 1e-9)
    count = sum(len(candidates) for candidates, _ in made.values())
    assert count == len(rows["candidates"]) == len(rows["forecasts"])
    for cell, (candidates, forecasts) in made.items():
        past.candidates.setdefault(cell, {}).update(candidates)
        past.forecasts.setdefault(cell, {}).update(forecasts)


_SETUP = ("cluster_id", "touched_at", "wait_s")
_CARD = (*_SETUP, "horizon_s", "rank")


def _flat_candidate(row: Row) -> Row:
    odds = row["p"] or dict.fromkeys(OUTCOMES)
    found = {f"p_{outcome}": odds[outcome] for outcome in OUTCOMES} | _behind(row)
    return found | {name: row[name] for name in ("n_known", "n_past", "mean_distance")}


def _behind(row: Row) -> Row:
    """Return what both a candidate and its forecast tell of the past."""
    found = {f"{kind}_{o}": row[kind][o] for kind in ("base", "null") for o in OUTCOMES}
    return found | {name: row[name] for name in ("n_eff", "n_sessions")}


def _flat_forecast(row: Row) -> Row:
    found = {f"p_{outcome}": row["p"][outcome] for outcome in OUTCOMES}
    found |= {f"reference_{outcome}": row["reference"][outcome] for outcome in OUTCOMES}
    found |= {
        f"{o}_{end}": row["ends"][o][n] for o in OUTCOMES for n, end in enumerate(("low", "high"))
    }
    return found | {
        name: row[name] for name in ("base_part", "alpha", "n_looks", "coverage", "why")
    }


def _touch(row: Row) -> Touch:
    return row["session"], row["cluster_id"], _ns(row["touched_at"])


def _by(rows: Sequence[Row], *keys: str) -> dict[Any, Row]:
    plain = [{name: _ns(value) for name, value in row.items()} for row in rows]
    found = {tuple(row[key] for key in keys): row for row in plain}
    assert len(found) == len(rows)
    return found


def _ns(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.replace(tzinfo=UTC).timestamp()) * 10**9
    return value


def _floats(vector: Sequence[float | None]) -> list[float | None]:
    import struct

    return [None if x is None else struct.unpack("f", struct.pack("f", x))[0] for x in vector]


def agree(relation: str, wanted: dict[Any, Row], found: dict[Any, Row], tolerance: float) -> None:
    assert found.keys() == wanted.keys(), relation
    wrong = [
        f"{relation} {key} {name}: SQL has {found[key][name]}, the reference {value}"
        for key, row in wanted.items()
        for name, value in row.items()
        if not _same(found[key][name], value, tolerance)
    ]
    assert not wrong, "\n".join(wrong[:5])


def _same(found: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(found, float) and isinstance(wanted, float | int):
        return abs(found - wanted) <= tolerance * max(1.0, abs(wanted))
    return bool(found == wanted)
