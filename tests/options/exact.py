"""Black's model (1976) to 40 digits: one formula of value, and every greek a difference of it."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from options.erfcx import erfcx

DIGITS = 60
ROOT_HALF = Decimal("0.5").sqrt(Context(prec=DIGITS + 20))
STEP = Decimal("1e-12")


class Option(NamedTuple):
    """An option; rate is continuous, per year."""

    cp: int
    f: float
    k: float
    t: float
    vol: float
    rate: float


def value(option: Option, **moved: Decimal) -> Decimal:
    """Return the value in points, with some of what it depends on given to more digits."""
    with localcontext(prec=DIGITS):
        given = {name: Decimal(number) for name, number in option._asdict().items()} | moved
        f, k, t, vol = (given[name] for name in ("f", "k", "t", "vol"))
        spread = vol * t.sqrt()
        d1 = (f / k).ln() / spread + spread / 2
        cp = given["cp"]
        forward, strike = f * cdf(cp * d1), k * cdf(cp * (d1 - spread))
        return cp * (-given["rate"] * t).exp() * (forward - strike)


def cdf(x: Decimal) -> Decimal:
    """Return the normal probability below x."""
    beyond = (-x * x / 2).exp() * erfcx(abs(x) * ROOT_HALF) / 2
    return 1 - beyond if x > 0 else beyond


def greeks(option: Option) -> dict[str, float]:
    """Return price, delta, gamma, vega, vanna and charm, from differences of the value."""
    f, t, vol = Decimal(option.f), Decimal(option.t), Decimal(option.vol)
    df, dt, dvol = f * STEP, t * STEP, vol * STEP

    def at(m: int = 0, n: int = 0, o: int = 0) -> Decimal:
        return value(option, f=f + m * df, t=t + n * dt, vol=vol + o * dvol)

    def delta(n: int = 0, o: int = 0) -> Decimal:
        return (at(1, n, o) - at(-1, n, o)) / (2 * df)

    with localcontext(prec=DIGITS):
        found = {
            "price": at(),
            "delta": delta(),
            "gamma": (at(1) - 2 * at() + at(-1)) / df**2,
            "vega": (at(o=1) - at(o=-1)) / (2 * dvol),
            "vanna": (delta(o=1) - delta(o=-1)) / (2 * dvol),
            "charm": -(delta(n=1) - delta(n=-1)) / (2 * dt),
        }
    return {name: float(number) for name, number in found.items()}
