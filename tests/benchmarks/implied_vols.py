"""Time an hour of an option chain, from quotes to implied vols, greeks and gamma exposure.

    uv run --group benchmark python tests/benchmarks/implied_vols.py [RUNS]

Three expiries of 161 strikes, calls and puts, with a new quote of each every 5 seconds: 347,760
implied vols. The models run on two threads over quotes in memory; beside them, in the same run, the
same algorithm and greeks as a compiled loop of numba's on the same premiums, and a loop over
py_lets_be_rational. Prints the best of RUNS (default 3), and how far the volatilities lie apart.
"""

from __future__ import annotations

import math
import sys
import time
from datetime import time as clock
from pathlib import Path

import jinja2
import numba
import numpy as np
import py_lets_be_rational

sys.path.insert(0, str(Path(__file__).parents[1]))

from options.desk import EXPIRY, FUTURE, MIDNIGHT, SECOND, START, Desk, Row, open_interest, option
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

SETTINGS = Settings(window_start=clock(9, 30), window_end=clock(10, 30))
DAY = 86_400 * SECOND
EXPIRIES = (EXPIRY + 7 * DAY, EXPIRY + 14 * DAY, EXPIRY + 28 * DAY)
STRIKES = range(4700, 5505, 5)
BUCKETS = 720
SOLVED = ("options.vols_5s",)
EXPOSURE = "options.gex_5s"
QUOTES = """
create table quotes as
with moments as (
    select range as n, {start} + range * 5000000000 + 1000000 as ts_recv,
        5100 + round(40 * sin(range / 50)) / 4 as f
    from range({buckets})
),
listed as (
    select instrument_id, strike_price / 1e9 as k, expiration, instrument_class
    from raw.definition
),
valued as (
    select *,
        b76_price(if(instrument_class = 'C', 1, -1), f, k, (expiration - ts_recv) / 31536e12,
            0.2 + 0.5 * abs(ln(k / f)), 0.999) as value
    from listed cross join moments
),
ticked as (
    select *, if(value < 5, 0.05, 0.25) as tick from valued
),
sided as (
    select instrument_id, n, ts_recv,
        floor(value / tick) * tick as bid, ceil(value / tick + 0.01) * tick as ask
    from ticked
    union all
    select {future}, n, ts_recv, f - 0.125, f + 0.125 from moments
)
select instrument_id::uinteger as instrument_id, ts_recv::ubigint as ts_recv,
    if(bid > 0, round(bid * 1e9)::bigint, 9223372036854775807) as bid_px_00,
    round(ask * 1e9)::bigint as ask_px_00, 7::uinteger as bid_sz_00, 8::uinteger as ask_sz_00,
    make_timestamp(ts_recv // 1000)::date as date, n::uinteger as row_no, 'ab' as file_id
from sided
order by ts_recv, instrument_id
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    desk = _desk()
    timings = [_timed(desk) for _ in range(runs)]
    best = {name: min(t[name] for t in timings) for name in timings[0]}
    found = _columns(desk)
    loops = [_loops(found) for _ in range(runs)]
    compiled, rational = (min(t[at] for t in loops) for at in (0, 1))
    _print(best, found, compiled, rational)


def _desk() -> Desk:
    """Return a chain that is defined, quoted and has open interest, with nothing built."""
    made = Desk(SETTINGS, ends=_ends(), threads=2)
    made.build(definition=definitions(), statistics=statistics())
    columns = [row["column_name"] for row in made.rows("describe from raw.bbo_1s")]
    made.connection.execute(QUOTES.format(start=START, buckets=BUCKETS, future=FUTURE))
    there = {row["column_name"] for row in made.rows("describe from quotes")}
    kinds = {row["column_name"]: row["column_type"] for row in made.rows("describe raw.bbo_1s")}
    listed = ", ".join(c if c in there else f"null::{kinds[c]} as {c}" for c in columns)
    made.show("raw.bbo_1s", f"select {listed} from quotes")
    return made


def _ends() -> tuple[str, ...]:
    return (*SOLVED, EXPOSURE) if (SQL / "options" / "gex_5s.sql").exists() else SOLVED


def definitions() -> list[Row]:
    """Return every option of every expiry."""
    return [
        option(1000 * (e + 1) + 2 * n + (right == "P"), right, strike, expiry)
        for e, expiry in enumerate(EXPIRIES)
        for n, strike in enumerate(STRIKES)
        for right in "CP"
    ]


def statistics() -> list[Row]:
    """Return the open interest of each."""
    return [open_interest(row["instrument_id"], MIDNIGHT, 1000) for row in definitions()]


def _timed(desk: Desk) -> dict[str, tuple[float, float]]:
    """Build everything; return seconds and CPU seconds by relation."""
    found = {}
    for relation, creation in desk.creations():
        wall, cpu = time.perf_counter(), time.process_time()
        desk.connection.execute(creation)
        found[relation] = time.perf_counter() - wall, time.process_time() - cpu
    return found


def _columns(desk: Desk) -> dict[str, np.ndarray]:
    """Return what the solver was given and gave, (n,) each."""
    return desk.connection.execute(
        "select forward, strike, t_years, df, iv_quote, b76_price(if(strike >= forward, 1, -1),"
        " forward, strike, t_years, iv_quote, 1) as premium"
        " from options.vols_5s where iv_quote is not null"
    ).fetchnumpy()


def _loops(found: dict[str, np.ndarray]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return seconds of the compiled loop and of the loop in Python, and write their errors."""
    given = [found[name] for name in ("forward", "strike", "t_years", "premium", "df")]
    fine, coarse = _polynomials()
    _compiled(*(column[:10] for column in given), fine, coarse)  # compiles
    wall, cpu = time.perf_counter(), time.process_time()
    solved = _compiled(*given, fine, coarse)
    compiled = time.perf_counter() - wall, time.process_time() - cpu
    found["compiled"] = solved[:, 0]
    options = list(zip(*(column.tolist() for column in given[:4]), strict=True))
    wall, cpu = time.perf_counter(), time.process_time()
    found["rational"] = np.array([_rational(*each) for each in options])
    return compiled, (time.perf_counter() - wall, time.process_time() - cpu)


def _rational(forward: float, strike: float, t_years: float, premium: float) -> float:
    side = 1 if strike >= forward else -1
    return py_lets_be_rational.implied_volatility_from_a_transformed_rational_guess(
        premium, forward, strike, t_years, side
    )


def _polynomials() -> tuple[np.ndarray, np.ndarray]:
    macros = jinja2.Environment(loader=jinja2.FileSystemLoader(SQL))
    module = macros.get_template("numerics/normal.sql").module
    return np.array(module.FINE, float), np.array(module.COARSE, float)


@numba.njit
def _erfcx(coefficients: np.ndarray, a: float) -> float:
    q = 1 - 6 / (a + 3)
    value = coefficients[-1]
    for n in range(len(coefficients) - 2, -1, -1):
        value = value * q + coefficients[n]
    return value / (1 + 2 * a)


@numba.njit
def _guess(x: float, b: float, bmax: float, fine: np.ndarray, coarse: np.ndarray):
    """Return the piece, what is aimed at, the first total vol and where b bends."""
    sbend = math.sqrt(-2 * x)
    bbend = 0.5 * bmax * (1 - _erfcx(fine, math.sqrt(-x)))
    slope = bmax / math.sqrt(2 * math.pi)
    if b >= bbend:
        share = 0.5 * math.exp(0.25 * x) * _erfcx(coarse, 0.5 * math.sqrt(-x))
        above = (bmax - b) / (bmax - bbend) * share
        off, far = above - 0.5, math.sqrt(-math.log(above)) - 1.6
        near = 0.180625 - off * off
        if off > -0.425:
            up = ((59.109374720 * near + 159.29113202) * near + 50.434271938) * near + 3.3871327179
            down = ((67.187563600 * near + 78.757757664) * near + 17.895169469) * near + 1
            return 2, math.log(bmax - b), -2 * off * up / down, sbend
        up = ((0.17023821103 * far + 1.3067284816) * far + 2.7568153900) * far + 1.4234372777
        down = (0.12021132975 * far + 0.73700164250) * far + 1
        return 2, math.log(bmax - b), 2 * up / down, sbend
    sfoot = max(sbend - bbend / slope, 1e-300)
    h, u = x / sfoot, 0.5 * sfoot
    w = _erfcx(coarse, abs(h + u) / math.sqrt(2)) - _erfcx(coarse, (u - h) / math.sqrt(2))
    ln_bfoot = -0.5 * (h * h + u * u) + math.log(0.5 * w)
    if math.log(b) < ln_bfoot:
        return 0, math.log(b), -x / math.sqrt(h * h - 2 * (math.log(b) - ln_bfoot)), sbend
    return 1, math.log(b), sbend - (bbend - b) / slope, sbend


@numba.njit
def _step(piece: int, aim: float, s: float, sbend: float, x: float, coefficients: np.ndarray):
    h, u = x / s, 0.5 * s
    one = _erfcx(coefficients, abs(h + u) / math.sqrt(2))
    two = _erfcx(coefficients, (u - h) / math.sqrt(2))
    w = one + two if piece == 2 else one - two
    ln = -0.5 * (h * h + u * u) + math.log(0.5 * w)
    ratio = math.sqrt(math.pi / 2) * w
    bend, rate = h * h / s - 0.25 * s, 1 / ratio
    twist = bend * bend - 3 * h * h / (s * s) - 0.25
    if piece == 0:
        newton = (aim - ln) * ln / aim * ratio
        first, second = 1 + 2 / ln, 2 * (1 + 3 / ln * (1 + 1 / ln))
    elif piece == 1:
        newton, first, second = (math.exp(aim - ln) - 1) * ratio, 0.0, 0.0
    else:
        newton, first, second = (ln - aim) * ratio, -1.0, 2.0
    halley = bend - rate * first
    third = twist + rate * rate * second - 3 * bend * rate * first
    to = s + newton * (1 + 0.5 * halley * newton) / (1 + newton * (halley + third * newton / 6))
    return max(min(to, 10 * s), sbend) if piece == 2 else min(max(to, 0.1 * s), sbend)


@numba.njit
def _compiled(
    forward: np.ndarray,
    strike: np.ndarray,
    t_years: np.ndarray,
    premium: np.ndarray,
    df: np.ndarray,
    fine: np.ndarray,
    coarse: np.ndarray,
) -> np.ndarray:
    """Return vol, delta of a call, gamma, vega, vanna and charm, (n, 6)."""
    out = np.empty((len(forward), 6))
    for n in range(len(forward)):
        f, k, t = forward[n], strike[n], t_years[n]
        x, b = -abs(math.log(f / k)), premium[n] / math.sqrt(f * k)
        piece, aim, s, sbend = _guess(x, b, math.exp(0.5 * x), fine, coarse)
        s = _step(piece, aim, s, sbend, x, coarse)
        s = _step(piece, aim, s, sbend, x, fine)
        vol, root = s / math.sqrt(t), math.sqrt(t)
        d1 = math.log(f / k) / s + 0.5 * s
        d2 = d1 - s
        density = math.exp(-0.5 * d1 * d1) / math.sqrt(2 * math.pi)
        beyond = 0.5 * math.exp(-0.5 * d1 * d1) * _erfcx(fine, abs(d1) / math.sqrt(2))
        delta = df[n] * (1 - beyond if d1 > 0 else beyond)
        out[n] = (
            vol,
            delta,
            df[n] * density / (f * s),
            df[n] * f * root * density,
            -df[n] * density * d2 / vol,
            df[n] * density * d2 / (2 * t) - math.log(df[n]) / t * delta,
        )
    return out


def _print(
    best: dict[str, tuple[float, float]],
    found: dict[str, np.ndarray],
    compiled: tuple[float, float],
    rational: tuple[float, float],
) -> None:
    n = len(found["iv_quote"])
    print(f"{n:,} implied vols of {3 * len(STRIKES) * BUCKETS:,} strikes and buckets")
    print(f"{'':34}{'seconds':>8}{'CPU s':>8}")
    lines = [item for item in best.items() if item[0].startswith("options.")]
    total = tuple(sum(t[at] for _, t in lines) for at in (0, 1))
    for name, (wall, cpu) in [
        *lines,
        ("all of options", total),
        ("numba, the same and the greeks", compiled),
        ("py_lets_be_rational, vols only", rational),
    ]:
        print(f"{name:34}{wall:8.2f}{cpu:8.2f}")
    for name in ("compiled", "rational"):
        apart = float(np.max(np.abs(found["iv_quote"] / found[name] - 1)))
        print(f"largest relative difference to {name}: {apart:.1e}")


if __name__ == "__main__":
    main()
