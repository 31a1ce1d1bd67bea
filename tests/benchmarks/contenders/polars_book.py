"""The accounting in polars: each record beside its order's record before, then changes by place.

Written for orders that live once, as all do that the simulator writes; it says so if one does not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars as pl
from contenders.records import F_LAST, F_SNAPSHOT, KINDS, columns, totals
from days import measured

A, C, M, F = (ord(letter) for letter in "ACMF")
CODES = {kind: code for code, kind in enumerate(KINDS)}
ORDER, EVENT = ["order_id"], ["order_id", "event"]


def account(found: dict[str, Any]) -> pl.DataFrame:
    """Return lots per kind, bucket, side and tick."""
    records = pl.DataFrame(found).lazy().with_row_index("row")
    closes = (pl.col("flags") >= F_LAST).cast(pl.Int32)
    records = records.with_columns(
        event=closes.cum_sum() - closes, is_bid=pl.col("side") == ord("B")
    )
    fills = (
        records.filter(action=F)
        .group_by(EVENT)
        .agg(pl.col("size").sum().alias("fills"), pl.col("row", "bucket", "is_bid", "tick").last())
    )
    steps = _steps(records, fills).collect()
    odd = steps.filter((pl.col("action") == A) == pl.col("before_tick").is_null().not_()).height
    if odd:
        raise SystemExit(f"{odd} records of orders that do not live once")
    changes = [*_changes(steps.lazy()), *_unexplained(steps.lazy(), fills)]
    places = ["kind", "bucket", "is_bid", "tick"]
    return pl.concat(changes).group_by(places).agg(pl.col("qty").sum()).collect()


def _steps(records: pl.LazyFrame, fills: pl.LazyFrame) -> pl.LazyFrame:
    same = pl.col("order_id") == pl.col("order_id").shift(1)
    before = [
        pl.when(same).then(pl.col(name).shift(1)).alias(f"before_{name}")
        for name in ("tick", "size", "is_bid")
    ]
    steps = (
        records.filter(pl.col("action").is_in([A, C, M]))
        .sort(ORDER, maintain_order=True)
        .with_columns(before)
        .with_columns(before=pl.col("before_size").fill_null(0))
        .with_columns(
            after=pl.when(pl.col("action") != C)
            .then(pl.col("size"))
            .when(pl.col("size") == 0)
            .then(0)
            .otherwise((pl.col("before") - pl.col("size")).clip(lower_bound=0))
        )
        .with_columns(dropped=(pl.col("before") - pl.col("after")).clip(lower_bound=0))
        .join(fills.select(*EVENT, "fills"), on=EVENT, how="left", maintain_order="left")
    )
    so_far = pl.col("dropped").cum_sum().over(EVENT)
    unused = pl.col("fills")
    filled = pl.min_horizontal(so_far, unused) - pl.min_horizontal(
        so_far - pl.col("dropped"), unused
    )
    quiet = steps.filter(pl.col("fills").is_null()).with_columns(
        filled=pl.lit(0, pl.Int32), fills=pl.lit(0, pl.Int32)
    )
    traded = steps.filter(pl.col("fills").is_not_null()).with_columns(
        filled=filled.cast(pl.Int32), fills=pl.col("fills").cast(pl.Int32)
    )
    return pl.concat([quiet, traded])


def _changes(steps: pl.LazyFrame) -> list[pl.LazyFrame]:
    modified = steps.filter((pl.col("action") == M) & (pl.col("before") > 0))
    moved = modified.filter(pl.col("tick") != pl.col("before_tick"))
    up = pl.col("tick") > pl.col("before_tick")
    both = pl.min_horizontal("before", "size")
    grown = (pl.col("fills") > 0) & (pl.col("tick") == pl.col("before_tick"))
    new = steps.filter((pl.col("action") != C) & (pl.col("before") == 0))
    return [
        _places(new, _either(pl.col("flags") & F_SNAPSHOT > 0, "snapshot", "add"), "size"),
        _places(steps, _code("fill"), "filled", "before_"),
        _places(steps, _code("pull"), pl.col("dropped") - pl.col("filled"), "before_"),
        _places(modified, _either(grown, "refill", "size_up"), pl.col("size") - pl.col("before")),
        _places(moved, _either(up, "out_up", "out_down"), both, "before_"),
        _places(moved, _either(up, "in_up", "in_down"), both),
    ]


def _unexplained(steps: pl.LazyFrame, fills: pl.LazyFrame) -> list[pl.LazyFrame]:
    explained = steps.filter(pl.col("fills") > 0).group_by(EVENT).agg(pl.col("filled").sum())
    left = (
        fills.join(explained, on=EVENT, how="left")
        .with_columns(left=pl.col("fills") - pl.col("filled").fill_null(0))
        .filter(pl.col("left") > 0)
        .sort("event")
    )
    earlier = (
        steps.join(left.select(ORDER).unique(), on=ORDER, how="semi")
        .select(
            *EVENT,
            "row",
            "after",
            pl.when(pl.col("action") == C).then("before_tick").otherwise("tick").alias("at"),
            pl.when(pl.col("action") == C).then("before_is_bid").otherwise("is_bid").alias("bid"),
        )
        .sort("event", "row")
    )
    begun = left.join_asof(earlier, on="event", by="order_id", allow_exact_matches=False)
    is_known = pl.col("after").fill_null(0) > 0
    hidden = begun.filter(is_known).with_columns(tick="at", is_bid="bid")
    return [
        _places(hidden, _code("hidden_fill"), "left"),
        _places(begun.filter(~is_known), _code("unknown_fill"), "left"),
    ]


def _code(kind: str) -> pl.Expr:
    return pl.lit(CODES[kind], pl.Int8)


def _either(condition: pl.Expr, yes: str, no: str) -> pl.Expr:
    return pl.when(condition).then(_code(yes)).otherwise(_code(no))


def _places(rows: pl.LazyFrame, kind: pl.Expr, qty: pl.Expr | str, at: str = "") -> pl.LazyFrame:
    lots = pl.col(qty) if isinstance(qty, str) else qty
    return rows.select(
        kind=kind,
        bucket="bucket",
        is_bid=f"{at}is_bid",
        tick=f"{at}tick",
        qty=lots.cast(pl.Int64),
    ).filter(pl.col("qty") > 0)


def main() -> None:
    kept: dict[str, pl.DataFrame] = {}

    def work() -> int:
        found = columns(Path(sys.argv[1]))
        kept["places"] = account(found)
        return len(found["tick"])

    def told() -> Any:
        frame = kept["places"]
        return totals(*(frame[name].to_numpy() for name in frame.columns))

    measured(work, told)


if __name__ == "__main__":
    main()
