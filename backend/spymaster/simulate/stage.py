"""One session put together: its clock, its contract, its world, and the records they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from math import exp

import numpy as np

from spymaster.land.dbn import Records
from spymaster.simulate.contract import front
from spymaster.simulate.market.book import WIDTH
from spymaster.simulate.market.engine import Engine
from spymaster.simulate.market.foresight import Foresight
from spymaster.simulate.market.laws import Draws, Scale, activity
from spymaster.simulate.market.path import STEP_NS, Path
from spymaster.simulate.market.tape import TICK_E9, Tape
from spymaster.simulate.market.weather import Changing
from spymaster.simulate.options import Course
from spymaster.simulate.worlds.landmarks import Landmarks
from spymaster.simulate.worlds.planted import Drifting, Planted
from spymaster.simulate.worlds.tilted import Tilted
from spymaster.simulate.worlds.truth import Truth
from spymaster.simulate.worlds.visits import Trap
from spymaster.simulate.worlds.worlds import Aimless, Recentred, Stage
from spymaster.units import E9, HOUR_NS, NEW_YORK, NS_PER_SECOND, local_ns, to_ns

WORLDS: dict[str, type[Aimless]] = {
    "W0": Aimless,
    "W1": Recentred,
    "W2": Trap,
    "W3": Planted,
    "W4": Drifting,
    "W5": Tilted,
}
UNLED = ("W0", "W1", "W5")
"""Worlds that move by themselves and so can move as far as the market does."""
BASE_PRICE = 6_800
"""Points; a session opens within 50 of it."""
SIGMA = 0.57
"""Ticks per square root of a second that the destination wanders at an activity of 1."""
_THINNER = 0.2
"""A thinner session moves less, by this power of its rate."""
REAL_SIGMA = 1.52
"""The same of a usual day of the market: 3.4 ticks in five seconds, however thin the session is."""
_REAL_SWING = 0.1
"""Swing of a market whose moves over minutes are as wide as those over seconds add up to."""
_REAL_FLOW = 0.2
"""Standard deviation of a day's own number of orders, in logs."""
_PRE_MARKET, _OPEN, _RANGED = time(4, 0), time(9, 30), time(9, 45)

Progress = Callable[[int, float], None]
"""Called with the records written so far and the share of the session that is done."""


class Market:
    """Everything one session is made of."""

    def __init__(self, truth: Truth, span: tuple[time, time]) -> None:
        self.truth = truth
        self.contract = front(truth.session)
        self.midnight_ns = to_ns(datetime.combine(truth.session, time(0), UTC))
        self.new_york = self._since_midnight(time(0))
        first, last = (self._since_midnight(at) for at in span)
        self.end_ns = self.midnight_ns + last
        self.n_records = 0
        place, walk, flow, clock, world, self.chain_seeds, placebos, weather = (
            np.random.SeedSequence([truth.seed, truth.session.toordinal()]).spawn(8)
        )
        rng = np.random.Generator(np.random.PCG64(place))
        opening = BASE_PRICE * E9 // TICK_E9 + int(rng.integers(-200, 201))
        self.settle_e9 = (opening + int(rng.integers(-40, 41))) * TICK_E9
        base_tick = opening - WIDTH // 2
        self.tape = Tape(self.contract.instrument_id, self.midnight_ns, base_tick, clock)
        busy = self._activity(first, last)
        day = np.random.Generator(np.random.PCG64(weather))
        rate = truth.rate * exp(_REAL_FLOW * day.normal()) if truth.realistic else truth.rate
        scale = Scale(rate, mechanical=WORLDS[truth.world] is Recentred)
        path = self._path(walk, day, len(busy))
        seen = Foresight(path, truth.lead_s, busy[0])
        self.engine = Engine(scale, Draws(flow, scale), seen, busy, (first, last))
        self.world = WORLDS[truth.world](self._stage(base_tick, path, world, placebos))
        self._base_tick = base_tick
        self._seconds: list[tuple[int, int]] = []

    def _path(self, seeds: np.random.SeedSequence, day: np.random.Generator, steps: int) -> Path:
        truth, opening = self.truth, WIDTH / 2 + 0.5
        if not truth.realistic:
            return Path(seeds, opening, SIGMA * truth.rate**_THINNER)
        lead = int(truth.lead_s * NS_PER_SECOND) // STEP_NS
        return Path(seeds, opening, REAL_SIGMA, _REAL_SWING, Changing(day, steps + lead))

    def records(self, progress: Progress | None) -> Iterator[Records]:
        """Yield the session's records in blocks: the snapshot, then the events."""
        self.world.open()
        yield self._counted(self.tape.snapshot(self.engine.snapshot()))
        for flat in self.engine.blocks(self._step):
            yield self._counted(self.tape.live(flat))
            if progress is not None:
                engine = self.engine
                progress(self.n_records, (engine.now - engine.start) / (engine.end - engine.start))
        self.world.close()

    def course(self) -> Course:
        """Return the best quotes of every second played so far."""
        bids, asks = np.array(self._seconds, np.int64).reshape(-1, 2).T + self._base_tick
        return Course(self.contract, self.midnight_ns + self.engine.start, bids, asks)

    def _step(self, now: int) -> None:
        if (now - self.engine.start) % NS_PER_SECOND == 0:
            bid, ask = self.engine.book.best
            self._seconds.append((bid, ask))
        self.world.step(now)

    def _stage(
        self,
        base_tick: int,
        path: Path,
        seeds: np.random.SeedSequence,
        placebos: np.random.SeedSequence,
    ) -> Stage:
        engine, opening = self.engine, self._since_midnight(_OPEN)
        marks = (
            (self._since_midnight(_PRE_MARKET), ""),
            (opening, "PM"),
            (self._since_midnight(_RANGED), "OR15"),
        )
        return Stage(
            engine=engine,
            path=path,
            lead_ns=int(self.truth.lead_s * NS_PER_SECOND) // STEP_NS * STEP_NS,
            landmarks=Landmarks(engine.book, marks, base_tick),
            truth=self.truth,
            rng=np.random.Generator(np.random.PCG64(seeds)),
            placebo_rng=np.random.Generator(np.random.PCG64(placebos)),
            opening=opening,
            midnight_ns=self.midnight_ns,
            flip=(max(engine.start, opening) + engine.end) // 2,
        )

    def _since_midnight(self, at: time) -> int:
        return local_ns(self.truth.session, at, NEW_YORK) - self.midnight_ns

    def _activity(self, first: int, last: int) -> list[float]:
        steps = np.arange(first - self.new_york, last - self.new_york, STEP_NS)
        busy: list[float] = activity(steps / HOUR_NS).tolist()
        return busy

    def _counted(self, records: Records) -> Records:
        self.n_records += len(records)
        return records
