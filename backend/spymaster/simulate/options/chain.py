"""One chain put together and written as the vendor's files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np

from spymaster.land.dbn import Records, write_dbn
from spymaster.simulate.contract import Fields, basis, definitions, future_fields
from spymaster.simulate.market.tape import TICK_E9
from spymaster.simulate.options.answers import Answers
from spymaster.simulate.options.classes import listed
from spymaster.simulate.options.flow import plan_flows, trade
from spymaster.simulate.options.gaps import draw_gaps
from spymaster.simulate.options.interest import draw_interest, statistics
from spymaster.simulate.options.listing import Listing, build_listing, option_fields
from spymaster.simulate.options.quotes import quote
from spymaster.simulate.options.records import changes, future_records, quote_records, trade_records
from spymaster.simulate.options.smile import draw_smiles
from spymaster.simulate.options.spreads import define_spreads, spread_fields, spread_trades
from spymaster.simulate.options.worth import Course
from spymaster.units import DAY_NS, E9, NEW_YORK, local_ns, to_ns

OPENS = time(9, 15)
"""New York time from which a chain is quoted; earlier the session has only its definitions and
statistics, since a night of quotes would be most of its bytes."""


@dataclass(frozen=True)
class SimulatedChain:
    """What was written of the options."""

    definition: Path
    statistics: Path
    bbo: Path
    """Of every second in which an option's quote changed or it traded."""
    tbbo: Path
    truth: Path
    """The hidden answers, as JSON; those of each option and the gaps as Parquet beside it."""
    records: int
    """In all files that land."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that land."""
        return (self.definition, self.statistics, self.bbo, self.tbbo)


class Chain:
    """The options on one session's future.

    Parameters
    ----------
    course : Course
        The future over the whole session, from a whole second on.
    settle_e9 : int, 1e-9 points
        Its settlement of the day before.
    """

    def __init__(
        self, session: date, course: Course, settle_e9: int, seeds: np.random.SeedSequence
    ) -> None:
        self._session, self._settle_e9 = session, settle_e9
        self._end_ns = int(course.times[-1]) + E9
        self._rng = [np.random.Generator(np.random.PCG64(child)) for child in seeds.spawn(5)]
        smiling, holding, quoting, trading, spreading = self._rng
        self.midnight_ns = to_ns(datetime.combine(session, time(0), UTC))
        self.course = course = _quoted(course, session)
        self.listing = _list(smiling, session, course, settle_e9 / E9, self.midnight_ns)
        self.interest, self.walls = draw_interest(holding, self.listing)
        self.flows = plan_flows(self.listing, course)
        gaps = draw_gaps(quoting, len(self.listing.options), len(course.bids))
        self.gaps = [gap for gap in gaps if not any(flow.is_kept_by(gap) for flow in self.flows)]
        self.quotes = quote(self.listing, course, self.gaps)
        self.trades = trade(trading, self.listing, course, self.quotes, self.flows)
        self.spreads = define_spreads(spreading, self.listing, session)
        self._changes = changes(quoting, self.quotes, self.trades, course)
        self._spread_trades = spread_trades(spreading, self.spreads, course)

    def write(self, folder: Path) -> SimulatedChain:
        """Write the files of one request to the vendor, and the truth beside them."""
        paths = _names(folder, self._session)
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        for schema, records in self._records():
            write_dbn(
                paths[schema],
                schema,
                records,
                symbols=dict(self._symbols()),
                start_ns=self.midnight_ns,
                end_ns=self._end_ns,
            )
            count += len(records)
        self._answers().write(paths["truth"])
        return SimulatedChain(
            definition=paths["definition"],
            statistics=paths["statistics"],
            bbo=paths["bbo-1s"],
            tbbo=paths["tbbo"],
            truth=paths["truth"],
            records=count,
        )

    def _symbols(self) -> Iterator[tuple[str, int]]:
        for option in self.listing.options:
            yield option.symbol, option.instrument_id
        for future in self.listing.others:
            yield future.symbol, future.instrument_id
        for spread in self.spreads:
            yield spread.symbol, spread.instrument_id

    def _records(self) -> Iterator[tuple[str, Records]]:
        listing, traded = self.listing, self._rng[1].poisson(self.interest * 0.4 + 1)
        seen = (self.course, self.quotes, self.trades, self._changes)
        futures = [future_records(self.course, each) for each in listing.others]
        yield "definition", definitions(self.midnight_ns, self._definitions())
        yield "statistics", statistics(listing, self._session, self.interest, traded)
        yield "bbo-1s", _merged([*futures, quote_records(listing, *seen)])
        yield "tbbo", _merged([trade_records(listing, *seen), self._spread_trades])

    def _definitions(self) -> Iterator[tuple[int, Fields]]:
        for future in self.listing.others:
            settle_e9 = self._settle_e9 + basis(self.listing.front, future) * TICK_E9
            yield future.instrument_id, future_fields(future, settle_e9)
        for option in self.listing.options:
            yield option.instrument_id, option_fields(option)
        for spread in self.spreads:
            for leg in range(len(spread.legs)):
                yield spread.instrument_id, spread_fields(self.listing, spread, leg)

    def _answers(self) -> Answers:
        return Answers(
            self.listing,
            self.course,
            self.interest,
            self.walls,
            self.flows,
            self.gaps,
            self.quotes,
            self.trades,
            len(self._spread_trades),
            int(self._spread_trades["size"].sum()),
        )


def _list(
    rng: np.random.Generator, session: date, course: Course, settle: float, midnight_ns: int
) -> Listing:
    classes = listed(session)
    days = [(each.expires_ns - midnight_ns) / DAY_NS for each in classes]
    smiles = tuple(zip(classes, draw_smiles(rng, days), strict=True))
    return build_listing(smiles, course.contract, settle, midnight_ns)


def _quoted(course: Course, session: date) -> Course:
    """The part that a chain is quoted over: from ``OPENS`` on, or all of what ends before."""
    opens = local_ns(session, OPENS, NEW_YORK)
    if course.start_ns < opens < int(course.times[-1]):
        return course.since(opens)
    return course


def _names(folder: Path, session: date) -> dict[str, Path]:
    stem = f"glbx-mdp3-{session:%Y%m%d}"
    schemas = ("definition", "statistics", "bbo-1s", "tbbo")
    names = {schema: folder / f"{stem}.{schema}.dbn.zst" for schema in schemas}
    return {**names, "truth": folder / f"{stem}.truth.json"}


def _merged(parts: list[Records]) -> Records:
    together = np.concatenate(parts)
    merged: Records = together[np.argsort(together["ts_recv"], kind="stable")]
    merged["sequence"] = np.arange(1, len(merged) + 1)
    return merged
