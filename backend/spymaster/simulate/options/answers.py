"""The hidden answers of a chain, written beside its files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.options.flow import BUY, SELL, Flow, Trades
from spymaster.simulate.options.gaps import Gap
from spymaster.simulate.options.interest import Wall
from spymaster.simulate.options.listing import Listing
from spymaster.simulate.options.quotes import MISSING, Quotes
from spymaster.simulate.options.smile import RATE
from spymaster.simulate.options.worth import Course
from spymaster.units import NS_PER_SECOND


@dataclass(frozen=True)
class Answers:
    """What a chain was made from."""

    listing: Listing
    course: Course
    interest: NDArray[np.int64]
    walls: Sequence[Wall]
    flows: Sequence[Flow]
    gaps: Sequence[Gap]
    quotes: Quotes
    trades: Trades
    n_spread_trades: int
    spread_lots: int

    def write(self, path: Path) -> None:
        """Write smiles, walls, flows and shares as JSON; every option, and the gaps, as Parquet.

        The Parquet files stand beside it: the options' under the same name, the gaps' ending in
        ``.gaps.parquet``.
        """
        import pyarrow as pa
        from pyarrow import parquet

        text = json.dumps(self._summary(), indent=1, default=str)
        path.write_text(text + "\n", encoding="utf-8")
        parquet.write_table(pa.table(self._options()), path.with_suffix(".parquet"))
        parquet.write_table(pa.table(self._gaps()), path.with_suffix(".gaps.parquet"))

    def _summary(self) -> dict[str, object]:
        course = self.course
        return {
            "rate": RATE,
            "year_days": 365,
            "start_ns": course.start_ns,
            "end_ns": course.start_ns + len(course.bids) * NS_PER_SECOND,
            "underlying": course.contract.symbol,
            "classes": [self._class(at) for at in range(len(self.listing.smiles))],
            "walls": [
                {**self._named(wall.option), "open_interest": wall.open_interest}
                for wall in self.walls
            ],
            "flows": [self._flow(flow) for flow in self.flows],
            "spread_trades": self.n_spread_trades,
            "spread_lots": self.spread_lots,
            "shares": self._shares(),
        }

    def _class(self, at: int) -> dict[str, object]:
        """The smile is ``atm_vol^2 (1 + b (rho z + sqrt(z^2 + s^2) - s))``, z = ln(K/F) /
        (atm_vol sqrt(T)), F the future's mid plus ``basis``."""
        expiry, smile = self.listing.smiles[at]
        return {
            "code": expiry.code,
            "expires_ns": expiry.expires_ns,
            "style": expiry.style,
            "future": expiry.future.symbol,
            "future_id": expiry.future.instrument_id,
            "basis": float(self.listing.basis[at]),
            **asdict(smile),
        }

    def _named(self, place: int) -> dict[str, object]:
        option = self.listing.options[place]
        return {
            "raw_symbol": option.symbol,
            "instrument_id": option.instrument_id,
            "code": option.expiry.code,
            "strike": option.strike,
            "right": option.letter,
        }

    def _flow(self, flow: Flow) -> dict[str, object]:
        first, end = (self.course.start_ns + at * NS_PER_SECOND for at in (flow.first, flow.end))
        trades = self.trades
        within = (trades.option == flow.option) & (trades.ts_event >= first)
        within &= trades.ts_event < end
        return {
            **self._named(flow.option),
            "aggressor": flow.aggressor,
            "start_ns": first,
            "end_ns": end,
            "bought": int(trades.size[within & (trades.side == BUY)].sum()),
            "sold": int(trades.size[within & (trades.side == SELL)].sum()),
        }

    def _shares(self) -> dict[str, float]:
        """Of the seconds of all options alive."""
        bids, asks = self.quotes.bids, self.quotes.asks
        no_bid, no_ask = bids == MISSING, asks == MISSING
        kinds = {
            "zero_bid": no_bid & ~no_ask,
            "no_ask": no_ask & ~no_bid,
            "none": no_bid & no_ask,
            "locked_crossed": (bids >= asks) & ~no_ask,
        }
        count = int(self.quotes.alive.sum())
        shares = {
            kind: int((where & self.quotes.alive).sum()) / count for kind, where in kinds.items()
        }
        frozen = sum(gap.end - gap.first for gap in self.gaps if gap.kind == "stale")
        return {**shares, "stale": frozen / count}

    def _options(self) -> dict[str, object]:
        trades, count = self.trades, len(self.listing.options)
        bought, sold, unsided = (
            np.bincount(trades.option, trades.size * (trades.side == side), minlength=count).astype(
                np.int64
            )
            for side in (BUY, SELL, b"N")
        )
        named = [self._named(place) for place in range(count)]
        return {
            **{name: [each[name] for each in named] for name in named[0]},
            "expires_ns": self.listing.expires_ns,
            "open_interest": self.interest,
            "bought": bought,
            "sold": sold,
            "unsided": unsided,
        }

    def _gaps(self) -> dict[str, object]:
        number = self.listing.number
        return {
            "instrument_id": [int(number[gap.option]) for gap in self.gaps],
            "kind": [gap.kind for gap in self.gaps],
            "start_ns": [self.course.start_ns + gap.first * NS_PER_SECOND for gap in self.gaps],
            "end_ns": [self.course.start_ns + gap.end * NS_PER_SECOND for gap in self.gaps],
        }
