"""One synthetic session, written as the vendor's files would arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np

from spymaster.errors import UsageError
from spymaster.land.dbn import Records, write_dbn
from spymaster.simulate import contract as contracts
from spymaster.simulate.book import WIDTH
from spymaster.simulate.contract import NEW_YORK
from spymaster.simulate.engine import Engine
from spymaster.simulate.laws import Scale, activity
from spymaster.simulate.path import Path as Destination
from spymaster.simulate.tape import TICK_E9, Tape
from spymaster.simulate.truth import Truth
from spymaster.units import NS_PER_SECOND, local_ns, to_ns

WORLDS = ("W0",)
BASE_PRICE = 6_800
"""Points; a session opens within 50 of it."""
SIGMA = 0.8
"""Ticks per square root of a second that the destination wanders at an activity of 1."""
_HOUR_NS = 3_600 * NS_PER_SECOND

Progress = Callable[[int, float], None]
"""Called with the records written so far and the share of the session that is done."""


@dataclass(frozen=True)
class SimulatedSession:
    """What a call wrote."""

    session: date
    world: str
    seed: int
    symbol: str
    instrument_id: int
    mbo: Path
    definition: Path
    statistics: Path
    status: Path
    truth: Path
    """The hidden answers, as JSON."""
    records: int
    """MBO records, snapshot included."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that land."""
        return (self.mbo, self.definition, self.statistics, self.status)


def simulate(
    folder: Path,
    *,
    session: date,
    world: str = "W0",
    seed: int = 0,
    rate: float = 1.0,
    strength: float = 1.0,
    start: time = time(4, 0),
    end: time = time(12, 30),
    progress: Progress | None = None,
) -> SimulatedSession:
    """Write a synthetic ES session as DBN files and return what was written.

    Parameters
    ----------
    session : date
        New York trading date; the files are those of the same UTC date.
    world : str
        ``W0`` zero intelligence.
    rate : float
        Records against a full day's: 1 is about 5 M from 09:30 to 12:30.
    strength : float
        How strongly planted touches show in the flow before they resolve; 0 is not at all.
    start, end : time
        New York time of the first and after the last event, on the session date.

    Raises
    ------
    UsageError
        For an unknown world, a rate that is not above 0, or an end that is not after the start.
    """
    _check(world, rate, strength, (start, end))
    market = _Market(session, seed, rate, (start, end))
    names = _names(folder, session)
    folder.mkdir(parents=True, exist_ok=True)
    market.write(names, progress)
    Truth(session, world, seed, rate, strength).write(names["truth"])
    return SimulatedSession(
        session=session,
        world=world,
        seed=seed,
        symbol=market.contract.symbol,
        instrument_id=market.contract.instrument_id,
        records=market.records,
        **names,
    )


def _check(world: str, rate: float, strength: float, span: tuple[time, time]) -> None:
    if world not in WORLDS:
        raise UsageError(f"world {world!r}: allowed are {', '.join(WORLDS)}")
    if not rate > 0:
        raise UsageError(f"rate {rate}: must be above 0")
    if not strength >= 0:
        raise UsageError(f"strength {strength}: must not be below 0")
    if not span[0] < span[1]:
        raise UsageError(f"end {span[1]}: must be after the start, {span[0]}")


def _names(folder: Path, session: date) -> dict[str, Path]:
    stem = f"glbx-mdp3-{session:%Y%m%d}"
    schemas = ("mbo", "definition", "statistics", "status")
    names = {schema: folder / f"{stem}.{schema}.dbn.zst" for schema in schemas}
    return {**names, "truth": folder / f"{stem}.truth.json"}


class _Market:
    """Everything one session is made of."""

    def __init__(self, session: date, seed: int, rate: float, span: tuple[time, time]) -> None:
        self.session = session
        self.contract = contracts.front(session)
        self.midnight_ns = to_ns(datetime.combine(session, time(0), UTC))
        first, last = (local_ns(session, at, NEW_YORK) - self.midnight_ns for at in span)
        self.end_ns = self.midnight_ns + last
        seeds = np.random.SeedSequence([seed, session.toordinal()])
        place, walk, flow, clock = seeds.spawn(4)
        rng = np.random.Generator(np.random.PCG64(place))
        opening = BASE_PRICE * 4 + int(rng.integers(-200, 201))
        self.settle_e9 = (opening + int(rng.integers(-40, 41))) * TICK_E9
        self.tape = Tape(self.contract.instrument_id, self.midnight_ns, opening - WIDTH // 2, clock)
        scale = Scale(rate)
        path = Destination(walk, WIDTH / 2 + 0.5, SIGMA * rate**0.2)
        self.engine = Engine(scale, flow, path, self._activity, (first, last))
        self.records = 0

    def _activity(self, now: int) -> float:
        hour = (now + self.midnight_ns - local_ns(self.session, time(0), NEW_YORK)) / _HOUR_NS
        return activity(hour)

    def write(self, names: dict[str, Path], progress: Progress | None) -> None:
        session, contract, midnight = self.session, self.contract, self.midnight_ns
        small = {
            "definition": contracts.definition(contract, midnight, self.settle_e9),
            "statistics": contracts.statistics(contract, session, midnight, self.settle_e9),
            "status": contracts.status(contract, session, midnight),
        }
        for schema, records in small.items():
            self._write(names[schema], schema, records)
        self._write(names["mbo"], "mbo", self._blocks(progress))

    def _write(self, path: Path, schema: str, records: Records | Iterator[Records]) -> None:
        write_dbn(
            path,
            schema,
            records,
            symbols={self.contract.symbol: self.contract.instrument_id},
            start_ns=self.midnight_ns,
            end_ns=self.end_ns,
        )

    def _blocks(self, progress: Progress | None) -> Iterator[Records]:
        yield self._counted(self.tape.snapshot(self.engine.snapshot()))
        for flat in self.engine.blocks(lambda now: None):
            yield self._counted(self.tape.live(flat))
            if progress is not None:
                engine = self.engine
                progress(self.records, (engine.now - engine.start) / (engine.end - engine.start))

    def _counted(self, records: Records) -> Records:
        self.records += len(records)
        return records
