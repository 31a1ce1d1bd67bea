"""Futures that dealers had to trade after the flow of options, from the trades one by one."""

from __future__ import annotations

from math import isclose

import pytest

from options.exposure.chains import chain, tables
from options.exposure.harness import Row, bucket, exposure
from options.exposure.small import chain as small
from reference.chain import SETS, Chain, Trade
from reference.exposure import is_flow_known, is_member
from reference.features import differences

SUMS = ("hedge_call_sum", "hedge_put_sum", "hedge_sum")


def hedged(made: Chain, n: int, expiry_set: str, *, since: int = 0) -> dict[str, float]:
    """Sum over trades of the buckets from one to another, delta by delta."""
    found = {"call": 0.0, "put": 0.0, "unhedged": 0, "unsided": 0}
    for trade in made.trades:
        contract = made.contracts[trade.instrument_id]
        if not since <= trade.bucket <= n or not is_member(made, contract.expiry, expiry_set):
            continue
        point = made.at(max(trade.bucket - 1, 1), contract)
        if trade.way == 0:
            found["unsided"] += trade.size
        elif point is None or contract.expiry <= made.end(max(trade.bucket - 1, 1)):
            found["unhedged"] += trade.size
        else:
            delta = point.delta if contract.cp == 1 else point.delta - point.df
            found["call" if contract.cp == 1 else "put"] += trade.way * trade.size * delta
    return found


def rows(made: Chain) -> dict[tuple[str, int], Row]:
    """Return what the model says by set and bucket."""
    made_of = exposure().build(tables(made), "options.hedge_5s")
    built = made_of.by("options.hedge_5s", "expiry_set", "bucket_end")
    return {
        (which, n): built[which, bucket(n)] for which in SETS for n in range(1, made.n_buckets + 1)
    }


@pytest.mark.parametrize("seed", [103, 7, 50213, 440])
def test_hedges_are_those_of_the_trades_one_by_one(seed: int) -> None:
    made = chain(seed)
    found = rows(made)
    for which in SETS:
        sums: dict[str, list[float | None]] = {name: [] for name in SUMS}
        for n in range(1, made.n_buckets + 1):
            row, whole = found[which, n], hedged(made, n, which)
            here = hedged(made, n, which, since=n)
            known = is_flow_known(made, n)
            wanted = {
                "hedge_call": here["call"],
                "hedge_put": here["put"],
                "hedge_futures": here["call"] + here["put"],
                "hedge_call_sum": whole["call"],
                "hedge_put_sum": whole["put"],
                "hedge_sum": whole["call"] + whole["put"],
            }
            for name, value in wanted.items():
                assert (row[name] is None) == (not known)
                assert not known or isclose(row[name], value, abs_tol=1e-6, rel_tol=1e-9)
            assert (row["unhedged_qty"], row["unsided_qty"]) == (
                whole["unhedged"],
                whole["unsided"],
            )
            for name in SUMS:
                sums[name].append(row[name])
        for name in SUMS:
            for n, moved in enumerate(differences(sums[name]), 1):
                for order, value in moved.items():
                    other = found[which, n][f"{name}_{order}"]
                    assert (other is None) == (value is None)
                    assert value is None or isclose(other, value, abs_tol=1e-6)


def test_a_call_bought_and_a_put_bought_hedge_each_other() -> None:
    """At the money both have half a delta: what dealers buy for the one they sell for the other."""
    trades = [Trade(0, 100, "B", 9.0, 10), Trade(2, 101, "B", 9.0, 10)]
    made = small({6800.0: (5, 5)}, n_buckets=3, trades=trades)
    found = rows(made)
    point = made.at(1, made.contracts[100])
    assert point is not None
    assert isclose(found["all", 1]["hedge_sum"], 10 * point.delta, abs_tol=1e-8)
    assert found["all", 1]["hedge_call"] == 0  # before the window: in the sum only
    assert isclose(found["all", 2]["hedge_put"], 10 * (point.delta - point.df), abs_tol=1e-8)
    assert abs(found["0dte", 3]["hedge_sum"]) < 0.1
    assert found["0dte", 3]["hedge_call_sum_d1"] == 0


def test_before_the_first_trade_nothing_is_known() -> None:
    made = small({6800.0: (5, 5)}, n_buckets=3, trades=[Trade(2, 100, "A", 9.0, 4)])
    found = rows(made)
    assert found["all", 1]["hedge_sum"] is None
    assert found["all", 2]["hedge_call"] < 0
    assert found["all", 2]["hedge_sum_d1"] is None
