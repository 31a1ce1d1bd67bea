"""One synthetic session, written as the vendor's files would arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from spymaster.errors import UsageError
from spymaster.land.dbn import Records, write_dbn
from spymaster.simulate import contract as contracts
from spymaster.simulate.options import Chain, SimulatedChain
from spymaster.simulate.stage import UNLED, WORLDS, Market, Progress
from spymaster.simulate.worlds.truth import Truth

LAST_END = time(17, 0)
"""New York."""
LONGEST_LEAD_S = 600
HIGHEST_RATE, MOST_STRENGTH = 100, 100
"""Days beyond have more records than any disk, and odds that are no number."""


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
    """The hidden answers, as JSON; its touches also as Parquet, under the same name."""
    records: int
    """MBO records, snapshot included."""
    chain: SimulatedChain | None
    """The options on it, in the folder ``options``; none where they were not asked for."""

    @property
    def future_files(self) -> tuple[Path, ...]:
        """Files that land of the future alone."""
        return (self.mbo, self.definition, self.statistics, self.status)

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that land, the options' after the future's."""
        return (*self.future_files, *(self.chain.files if self.chain else ()))


def simulate(
    folder: Path,
    *,
    session: date,
    world: str = "W3",
    seed: int = 0,
    rate: float = 1.0,
    strength: float = 1.0,
    start: time = time(4, 0),
    end: time = time(12, 30),
    tilt: float = 0.6,
    lead_s: float = 0.0,
    realistic: bool = False,
    options: bool = True,
    progress: Progress | None = None,
) -> SimulatedSession:
    """Write a synthetic ES session as DBN files and return what was written.

    Parameters
    ----------
    session : date
        New York trading date; the files are those of the same UTC date.
    world : str
        ``W0`` zero intelligence, ``W1`` makers only move a fixed ladder along, ``W2`` visits to
        levels end anywhere near them, ``W3`` at a touch the flow gives away a hidden type before
        the price answers, ``W4`` as ``W3`` but from half-way on the flow tells the opposite,
        ``W5`` price wanders through levels, and a hidden type that the flow gives away only tilts
        the odds of what follows a touch.
    rate : float
        Orders against a full day's: 1 is about 5 M records from 09:30 to 12:30. What price moves
        cause thins out less, so that 0.05 brings about a tenth of that, not a twentieth.
    strength : float
        How strongly planted touches show in the flow before they resolve; 0 is not at all.
    start, end : time
        New York time of the first and after the last event, on the session date.
    tilt : float, 0.5..1
        Odds that W5 goes the way of the hidden type; 0.5 is none.
    lead_s : float, seconds
        How long before the arrival the flow of W5 begins to tell.
    realistic : bool
        Move as far as the market does, with calm and wild days and hours and news; of the worlds
        that lead the price to levels none can.
    options : bool
        Write the options on it too.

    Raises
    ------
    UsageError
        For an unknown world, a number out of its range, an end that is not after the start or
        later than 17:00, or a realistic world that leads the price.
    """
    truth = Truth(
        session, world, seed, rate, strength, tilt=tilt, lead_s=lead_s, realistic=realistic
    )
    _check(truth, (start, end))
    market = Market(truth, (start, end))
    names = _names(folder, session)
    folder.mkdir(parents=True, exist_ok=True)
    _write_small(market, names)
    _write(market, names["mbo"], "mbo", market.records(progress))
    market.truth.write(names["truth"])
    chain = Chain(session, market.course(), market.settle_e9, market.chain_seeds)
    written = chain.write(folder / "options") if options else None
    return SimulatedSession(
        session=session,
        world=world,
        seed=seed,
        symbol=market.contract.symbol,
        instrument_id=market.contract.instrument_id,
        records=market.n_records,
        chain=written,
        **names,
    )


def _check(truth: Truth, span: tuple[time, time]) -> None:
    if truth.world not in WORLDS:
        raise UsageError(f"world {truth.world!r}: allowed are {', '.join(WORLDS)}")
    if not 0 < truth.rate <= HIGHEST_RATE:
        raise UsageError(f"rate {truth.rate}: must be above 0, at most {HIGHEST_RATE}")
    if not 0 <= truth.strength <= MOST_STRENGTH:
        raise UsageError(f"strength {truth.strength}: allowed are 0 to {MOST_STRENGTH}")
    if not 0.5 <= truth.tilt < 1:
        raise UsageError(f"tilt {truth.tilt}: allowed is from 0.5 to below 1")
    if not 0 <= truth.lead_s <= LONGEST_LEAD_S:
        raise UsageError(f"lead {truth.lead_s}: allowed are 0 to {LONGEST_LEAD_S} seconds")
    if truth.lead_s and truth.world != "W5":
        raise UsageError(f"lead {truth.lead_s}: the flow leads in W5 only, found {truth.world}")
    if truth.realistic and truth.world not in UNLED:
        raise UsageError(f"realistic: allowed with {', '.join(UNLED)}, found {truth.world}")
    if not span[0] < span[1]:
        raise UsageError(f"end {span[1]}: must be after the start, {span[0]}")
    if span[1] > LAST_END:
        raise UsageError(f"end {span[1]}: must not be after {LAST_END}, when trading pauses")


def _names(folder: Path, session: date) -> dict[str, Path]:
    stem = f"glbx-mdp3-{session:%Y%m%d}"
    schemas = ("mbo", "definition", "statistics", "status")
    names = {schema: folder / f"{stem}.{schema}.dbn.zst" for schema in schemas}
    return {**names, "truth": folder / f"{stem}.truth.json"}


def _write_small(market: Market, names: dict[str, Path]) -> None:
    contract, midnight, session = market.contract, market.midnight_ns, market.truth.session
    small = {
        "definition": contracts.definitions(
            midnight,
            [(contract.instrument_id, contracts.future_fields(contract, market.settle_e9))],
        ),
        "statistics": contracts.statistics(contract, session, midnight, market.settle_e9),
        "status": contracts.status(contract, session, midnight),
    }
    for schema, records in small.items():
        _write(market, names[schema], schema, records)


def _write(market: Market, path: Path, schema: str, records: Records | Iterator[Records]) -> None:
    write_dbn(
        path,
        schema,
        records,
        symbols={market.contract.symbol: market.contract.instrument_id},
        start_ns=market.midnight_ns,
        end_ns=market.end_ns,
    )
