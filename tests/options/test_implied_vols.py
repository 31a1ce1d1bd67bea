"""The solver in SQL against py_lets_be_rational, over every volatility an option may have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import jinja2
import numpy as np
import py_lets_be_rational
import pyarrow as pa
import pytest

from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

MINUTE = 1 / 365 / 24 / 60
LEAST = 1e-290
"""Premiums below this share of the forward are not asked for: they are next to what a double can
hold, and the venue's smallest price is 0.05."""


class Asked(NamedTuple):
    """An option; premium undiscounted, of the side out of the money."""

    forward: float
    strike: float
    t_years: float
    premium: float


@pytest.fixture(scope="module")
def solver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duck.Connection]:
    """Return a connection with a view ``solved`` over a table ``asked``."""
    macros = jinja2.Environment(loader=jinja2.FileSystemLoader(SQL))
    steps = macros.get_template("numerics/implied_vol.sql").module.solved("asked")
    with duck.in_memory(tmp_path_factory.mktemp("spill")) as connection:
        columns = ", ".join(f"{name} double" for name in Asked._fields)
        connection.execute(f"create table asked (n integer, {columns})")
        connection.execute(f"create view solved as with {steps} select n, vol from vol_solved")
        yield connection


def solve(solver: duck.Connection, options: list[Asked]) -> list[float | None]:
    columns = dict(zip(Asked._fields, np.array(options, float).T, strict=True))
    solver.register("given", pa.table({"n": range(len(options)), **columns}))
    solver.execute("delete from asked; insert into asked from given")
    return [vol for (vol,) in solver.execute("select vol from solved order by n").fetchall()]


def priced(forward: float, x: float, t: float, vol: float) -> Asked:
    """Return an option whose strike is exp(x) forwards."""
    strike = forward * math.exp(x)
    side = 1 if strike >= forward else -1
    value = py_lets_be_rational.black(forward, strike, vol, t, side)
    return Asked(forward, strike, t, value)


def priceable(options: Iterable[Asked]) -> list[Asked]:
    return [o for o in options if o.premium / math.sqrt(o.forward * o.strike) >= LEAST]


def worst(solver: duck.Connection, options: list[Asked]) -> float:
    """Return the largest relative error; none may be missing."""
    errors = []
    for option, vol in zip(options, solve(solver, options), strict=True):
        side = 1 if option.strike >= option.forward else -1
        wanted = py_lets_be_rational.implied_volatility_from_a_transformed_rational_guess(
            option.premium, option.forward, option.strike, option.t_years, side
        )
        assert vol is not None, option
        errors.append(abs(vol / wanted - 1))
    return max(errors)


def test_implied_vols_are_right_to_1e10_wherever_there_is_a_price(solver: duck.Connection) -> None:
    near = [sign * 10.0**-power for power in range(2, 9) for sign in (1, -1)]
    moneyness = [n / 100 for n in range(-30, 31)] + near
    years = [5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 1 / 365, 5 / 365, 30 / 365, 0.25, 1.0]
    vols = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0]
    grid = itertools.product(moneyness, years, vols)
    options = priceable(priced(6000.25, *point) for point in grid)
    assert len(options) > 3500
    assert worst(solver, options) <= 1e-10


def test_implied_vols_are_right_far_beyond_what_trades(solver: duck.Connection) -> None:
    """Total volatility from 0.00002 to 6, strikes from a twentieth to twenty times the forward."""
    random = np.random.default_rng(7)
    x = np.concatenate([random.uniform(-3, 3, 3000), random.normal(0, 0.01, 3000)])
    spread = np.exp(random.uniform(math.log(2e-5), math.log(6), 6000))
    points = zip(x.tolist(), spread.tolist(), strict=True)
    options = priceable(priced(1.0, x, 1.0, vol) for x, vol in points)
    bounded = [o for o in options if o.premium < 0.999 * min(o.forward, o.strike)]
    assert len(bounded) > 3500
    assert worst(solver, bounded) <= 1e-9


def test_a_premium_that_no_volatility_explains_has_none(solver: duck.Connection) -> None:
    bounds = [0.0, -1.0, 100.001, 120.0, math.nan, math.inf]
    options = [Asked(100.0, 110.0, 0.1, premium) for premium in bounds]
    assert solve(solver, options) == [None] * len(options)
    solver.execute("update asked set premium = null")
    assert solver.execute("select distinct vol from solved").fetchall() == [(None,)]


def test_the_same_volatility_comes_back_at_the_money(solver: duck.Connection) -> None:
    options = [priced(6000.0, 0.0, t, 0.2) for t in (MINUTE, 1 / 365, 1.0)]
    assert solve(solver, options) == pytest.approx([0.2, 0.2, 0.2], rel=1e-11)
