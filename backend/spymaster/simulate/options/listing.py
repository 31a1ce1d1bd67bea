"""The instruments of a chain: strikes, numbers, names and definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.contract import Contract, basis
from spymaster.simulate.market.tape import TICK_E9
from spymaster.simulate.options.classes import YEAR_NS, Expiry
from spymaster.simulate.options.smile import Smile
from spymaster.units import E9, UNDEF_PRICE

FIRST_NUMBER = 42_000_000
CALL, PUT = 1, -1
_ZONES = ((60, 5), (100, 10), (200, 25), (500, 50))
"""Points from the money up to which strikes are so many points apart."""
_REACH, _REACHES = 6.0, (125.0, 500.0)
"""Standard deviations to the farthest strike, and its least and greatest distance, points."""


@dataclass(frozen=True)
class Option:
    """A call or put."""

    expiry: Expiry
    smile: Smile
    strike: int
    """Points."""
    right: int
    """``CALL`` or ``PUT``."""
    instrument_id: int

    @property
    def symbol(self) -> str:
        """As the venue spells it."""
        return f"{self.expiry.code} {self.letter}{self.strike:04d}"

    @property
    def letter(self) -> str:
        """C or P."""
        return "C" if self.right == CALL else "P"


@dataclass(frozen=True)
class Listing:
    """Everything that a chain quotes, calls and puts of a strike side by side.

    Arrays are (options,).
    """

    options: tuple[Option, ...]
    smiles: tuple[tuple[Expiry, Smile], ...]
    front: Contract
    """The future that is simulated."""
    settle: float
    """Its settlement of the day before, points."""
    midnight_ns: int
    """Of the session's UTC date, ns since 1970."""

    @cached_property
    def strike(self) -> NDArray[np.float64]:
        """Points."""
        return np.array([option.strike for option in self.options], np.float64)

    @cached_property
    def right(self) -> NDArray[np.int64]:
        """``CALL`` or ``PUT``."""
        return np.array([option.right for option in self.options], np.int64)

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """Instrument ids."""
        return np.array([option.instrument_id for option in self.options], np.int64)

    @cached_property
    def expiry(self) -> NDArray[np.int64]:
        """Index into ``smiles``."""
        order = {expiry: at for at, (expiry, _) in enumerate(self.smiles)}
        return np.array([order[option.expiry] for option in self.options], np.int64)

    @cached_property
    def expires_ns(self) -> NDArray[np.int64]:
        """Last moment of trading, ns since 1970 UTC."""
        return np.array([option.expiry.expires_ns for option in self.options], np.int64)

    @cached_property
    def basis(self) -> NDArray[np.float64]:
        """How far each class's future trades above the front one, points, (classes,)."""
        ticks = [basis(self.front, expiry.future) for expiry, _ in self.smiles]
        return np.array(ticks) * (TICK_E9 / E9)

    @property
    def forwards(self) -> NDArray[np.float64]:
        """Yesterday's settlement of what each class delivers, points, (classes,)."""
        return self.settle + self.basis

    @property
    def others(self) -> tuple[Contract, ...]:
        """Delivered futures but the simulated one."""
        return tuple(each for each in self.futures if each != self.front)

    @property
    def futures(self) -> tuple[Contract, ...]:
        """What is delivered, soonest first."""
        found = {expiry.future.symbol: expiry.future for expiry, _ in self.smiles}
        return tuple(sorted(found.values(), key=lambda each: each.expiration))

    def find(self, expiry: Expiry, strike: int, right: int) -> int:
        """Return the place of an option."""
        wanted = (expiry, strike, right)
        return next(
            at
            for at, option in enumerate(self.options)
            if (option.expiry, option.strike, option.right) == wanted
        )


def build_listing(
    smiles: tuple[tuple[Expiry, Smile], ...], front: Contract, settle: float, midnight_ns: int
) -> Listing:
    """List calls and puts of every class around yesterday's settlement of its own future."""
    options: list[Option] = []
    for expiry, smile in smiles:
        forward = settle + basis(front, expiry.future) * TICK_E9 / E9
        years = (expiry.expires_ns - midnight_ns) / YEAR_NS
        for strike in strikes(forward, smile.atm_vol * sqrt(years) * forward):
            for right in (CALL, PUT):
                number = FIRST_NUMBER + len(options)
                options.append(Option(expiry, smile, strike, right, number))
    return Listing(tuple(options), smiles, front, settle, midnight_ns)


def strikes(forward: float, deviation: float) -> list[int]:
    """Return the strikes of a class, points: 5 apart at the money, wider away from it.

    >>> strikes(6800, 10)[:4], strikes(6800, 10)[-4:]
    ([6675, 6700, 6710, 6720], [6880, 6890, 6900, 6925])
    """
    reach = min(max(_REACH * deviation, _REACHES[0]), _REACHES[1])
    found: set[int] = set()
    for farthest, step in _ZONES:
        within = min(farthest, reach)
        first, last = -(-(forward - within) // step), (forward + within) // step
        found.update(range(int(first) * step, int(last) * step + 1, step))
    return sorted(found)


def option_fields(option: Option) -> dict[str, object]:
    """Return what the definition of an option says beyond what every definition says."""
    expiry = option.expiry
    style = f"O{option.letter}{expiry.style}FPS"
    return {
        "raw_symbol": option.symbol.encode(),
        "asset": expiry.asset.encode(),
        "group": b"EW",
        "cfi": style.encode(),
        "security_type": b"OOF",
        "tick_rule": 15,
        "display_factor": 10**7,
        "min_price_increment": UNDEF_PRICE,  # two ticks: the rule says which
        "max_price_variation": UNDEF_PRICE,
        "high_limit_price": UNDEF_PRICE,
        "low_limit_price": 5 * 10**7,
        "market_depth": 3,
        "market_segment_id": 54,
        "appl_id": 311,
        "instrument_class": option.letter.encode(),
        "strike_price": option.strike * 10**9,
        "strike_price_currency": b"USD",
        "underlying": expiry.future.symbol.encode(),
        "underlying_id": expiry.future.instrument_id,
        "expiration": expiry.expires_ns,
        "activation": expiry.expires_ns - int(timedelta(days=60).total_seconds()) * 10**9,
        "maturity_year": expiry.expires.year,
        "maturity_month": expiry.expires.month,
        "maturity_week": expiry.week,
    }
