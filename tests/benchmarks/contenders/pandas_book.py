"""The accounting in pandas: each record beside its order's record before, then changes by place.

Written for orders that live once, as all do that the simulator writes; it says so if one does not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from contenders.records import F_LAST, F_SNAPSHOT, KINDS, columns, totals
from days import measured

A, C, M, F = (ord(letter) for letter in "ACMF")
CODES = {kind: code for code, kind in enumerate(KINDS)}
EVENT = ["order_id", "event"]
PLACE = ["kind", "bucket", "is_bid", "tick"]


def account(found: dict[str, Any]) -> pd.Series:
    """Return lots per kind, bucket, side and tick."""
    records = pd.DataFrame(found)
    closes = (records["flags"] >= F_LAST).astype(np.int32)
    records["event"] = closes.cumsum() - closes
    records["is_bid"] = records["side"] == ord("B")
    last = {name: (name, "last") for name in ("bucket", "is_bid", "tick")}
    fills = records[records["action"] == F].groupby(EVENT).agg(fills=("size", "sum"), **last)
    steps = _steps(records, fills)
    if ((steps["action"] == A) == (steps["before"] > 0)).any():
        raise SystemExit("an order does not live once")
    places = pd.concat([*_changes(steps), *_unexplained(steps, fills)])
    return places.groupby(PLACE)["qty"].sum()


def _steps(records: pd.DataFrame, fills: pd.DataFrame) -> pd.DataFrame:
    steps = records[records["action"].isin([A, C, M])].copy()
    before = steps.groupby("order_id", sort=False)[["tick", "size", "is_bid"]].shift(1)
    steps["before"] = before["size"].fillna(0).astype(np.int64)
    steps["before_tick"] = before["tick"].fillna(0).astype(np.int64)
    steps["before_is_bid"] = before["is_bid"].fillna(False).astype(bool)
    left = (steps["before"] - steps["size"]).clip(lower=0).where(steps["size"] > 0, 0)
    steps["after"] = steps["size"].where(steps["action"] != C, left)
    steps["dropped"] = (steps["before"] - steps["after"]).clip(lower=0)
    steps = steps.join(fills["fills"], on=EVENT)
    steps["fills"] = steps["fills"].fillna(0).astype(np.int64)
    traded = steps[steps["fills"] > 0]
    so_far = traded.groupby(EVENT)["dropped"].cumsum()
    filled = np.minimum(so_far, traded["fills"]) - np.minimum(
        so_far - traded["dropped"], traded["fills"]
    )
    steps["filled"] = filled.reindex(steps.index, fill_value=0)
    return steps


def _changes(steps: pd.DataFrame) -> list[pd.DataFrame]:
    new = steps[(steps["action"] != C) & (steps["before"] == 0)]
    modified = steps[(steps["action"] == M) & (steps["before"] > 0)]
    moved = modified[modified["tick"] != modified["before_tick"]]
    up = moved["tick"] > moved["before_tick"]
    both = np.minimum(moved["before"], moved["size"])
    grown = (modified["fills"] > 0) & (modified["tick"] == modified["before_tick"])
    return [
        _places(new, _either(new["flags"] & F_SNAPSHOT > 0, "snapshot", "add"), new["size"]),
        _places(steps, CODES["fill"], steps["filled"], "before_"),
        _places(steps, CODES["pull"], steps["dropped"] - steps["filled"], "before_"),
        _places(
            modified, _either(grown, "refill", "size_up"), modified["size"] - modified["before"]
        ),
        _places(moved, _either(up, "out_up", "out_down"), both, "before_"),
        _places(moved, _either(up, "in_up", "in_down"), both),
    ]


def _unexplained(steps: pd.DataFrame, fills: pd.DataFrame) -> list[pd.DataFrame]:
    explained = steps[steps["fills"] > 0].groupby(EVENT)["filled"].sum()
    left = fills.join(explained)
    left["left"] = left["fills"] - left["filled"].fillna(0).astype(np.int64)
    left = left[left["left"] > 0].reset_index().sort_values("event")
    earlier = steps[steps["order_id"].isin(left["order_id"])].sort_index()
    gone = earlier["action"] == C
    earlier = earlier[[*EVENT, "after"]].assign(
        at=earlier["before_tick"].where(gone, earlier["tick"]),
        bid=earlier["before_is_bid"].where(gone, earlier["is_bid"]),
    )
    begun = pd.merge_asof(left, earlier, on="event", by="order_id", allow_exact_matches=False)
    is_known = begun["after"].fillna(0) > 0
    hidden, unknown = begun[is_known], begun[~is_known]
    hidden = hidden.assign(tick=hidden["at"].astype(np.int64), is_bid=hidden["bid"].astype(bool))
    return [
        _places(hidden, CODES["hidden_fill"], hidden["left"]),
        _places(unknown, CODES["unknown_fill"], unknown["left"]),
    ]


def _either(condition: pd.Series, yes: str, no: str) -> Any:
    return np.where(condition, CODES[yes], CODES[no])


def _places(rows: pd.DataFrame, kind: Any, qty: pd.Series, at: str = "") -> pd.DataFrame:
    found = pd.DataFrame(
        {
            "kind": kind,
            "bucket": rows["bucket"],
            "is_bid": rows[f"{at}is_bid"],
            "tick": rows[f"{at}tick"].astype(np.int64),
            "qty": qty.astype(np.int64),
        }
    )
    return found[found["qty"] > 0]


def main() -> None:
    kept: dict[str, pd.Series] = {}

    def work() -> int:
        found = columns(Path(sys.argv[1]))
        kept["places"] = account(found)
        return len(found["tick"])

    def told() -> Any:
        frame = kept["places"].reset_index()
        return totals(*(frame[name].to_numpy() for name in [*PLACE, "qty"]))

    measured(work, told)


if __name__ == "__main__":
    main()
