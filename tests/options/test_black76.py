"""The macros of Black's model against QuantLib, against exact differences, and at their edges."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import py_lets_be_rational
import pytest
import QuantLib
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from options import erfcx
from options.exact import Option, greeks
from spymaster.definitions.renderer import Renderer
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

MINUTE = 1 / 365 / 24 / 60
YEARS = (MINUTE, 5 * MINUTE, 60 * MINUTE, 1 / 365, 7 / 365, 0.25, 1.0)
VOLS = (0.05, 0.12, 0.3, 0.8, 2.0)
MONEYNESS = (-0.3, -0.1, -0.02, -0.003, -1e-5, 0.0, 1e-5, 0.003, 0.02, 0.1, 0.3)
CALLS = {
    "price": "b76_price(cp, f, k, t, vol, exp(-rate * t))",
    "delta": "b76_delta(cp, f, k, t, vol, exp(-rate * t))",
    "gamma": "b76_gamma(f, k, t, vol, exp(-rate * t))",
    "vega": "b76_vega(f, k, t, vol, exp(-rate * t))",
    "vanna": "b76_vanna(f, k, t, vol, exp(-rate * t))",
    "charm": "b76_charm(cp, f, k, t, vol, exp(-rate * t))",
}
FORWARD = 6000.25
Row = dict[str, float]


@pytest.fixture(scope="module")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duck.Connection]:
    with duck.in_memory(tmp_path_factory.mktemp("spill"), threads=1) as connection:
        for macro in Renderer(SQL, Settings()).macros.values():
            connection.execute(macro)
        yield connection


def grid() -> list[Option]:
    return [
        Option(cp, FORWARD, FORWARD * math.exp(-x), t, vol, 0.045)
        for x, t, vol, cp in itertools.product(MONEYNESS, YEARS, VOLS, (1, -1))
    ]


def in_sql(macros: duck.Connection, options: list[Option]) -> list[Row]:
    """Return what the macros say of each option."""
    rows = (f"({n}, {', '.join(f'{x:.17e}' for x in option)})" for n, option in enumerate(options))
    asked = f"(values {', '.join(rows)}) as asked (n, {', '.join(Option._fields)})"
    called = ", ".join(f"{call} as {name}" for name, call in CALLS.items())
    found = macros.execute(f"select {called} from {asked} order by n").fetchall()
    return [dict(zip(CALLS, row, strict=True)) for row in found]


def one(macros: duck.Connection, expression: str) -> Any:
    return macros.execute(f"select {expression}").fetchall()[0][0]


def test_the_polynomials_are_those_that_the_derivation_gives() -> None:
    text = (SQL / "numerics" / "normal.sql").read_text(encoding="utf-8")
    for degree in erfcx.DEGREES.values():
        listed = "".join(f"\n    '{number}'," for number in erfcx.written(degree))
        assert f"= [{listed}\n]" in text


@given(st.lists(st.floats(-37.5, 40), min_size=1, max_size=50))
@examples(20)
def test_the_normal_distribution_is_right_in_both_tails(
    macros: duck.Connection, places: list[float]
) -> None:
    listed = ", ".join(f"{x:.17e}" for x in places)
    found = macros.execute(f"select norm_cdf(x), norm_pdf(x) from (select unnest([{listed}]) as x)")
    for x, (below, density) in zip(places, found.fetchall(), strict=True):
        assert math.isclose(below, py_lets_be_rational.norm_cdf(x), rel_tol=1e-13)
        wanted = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        assert math.isclose(density, wanted, rel_tol=1e-13)


def test_the_normal_distribution_is_defined_at_its_ends(macros: duck.Connection) -> None:
    ends = "norm_cdf('-inf'::double), norm_cdf(0), norm_cdf('inf'::double), norm_pdf('inf'::double)"
    assert macros.execute(f"select {ends}").fetchall() == [(0.0, 0.5, 1.0, 0.0)]
    assert math.isnan(one(macros, "norm_cdf('nan'::double)"))
    assert one(macros, "norm_cdf(null)") is None


def test_price_and_greeks_are_those_of_quantlib(macros: duck.Connection) -> None:
    options = grid()
    for option, found in zip(options, in_sql(macros, options), strict=True):
        kind = QuantLib.Option.Call if option.cp > 0 else QuantLib.Option.Put
        spread = option.vol * math.sqrt(option.t)
        payoff = QuantLib.PlainVanillaPayoff(kind, option.k)
        df = math.exp(-option.rate * option.t)
        black = QuantLib.BlackCalculator(payoff, option.f, spread, df)
        assert abs(found["price"] - black.value()) <= 1e-14 * option.f
        assert abs(found["delta"] - black.deltaForward()) <= 1e-9
        assert math.isclose(found["gamma"], black.gammaForward(), rel_tol=1e-8, abs_tol=1e-30)
        assert math.isclose(found["vega"], black.vega(option.t), rel_tol=1e-9, abs_tol=1e-30)


def test_price_and_greeks_are_exact_differences_of_the_value(macros: duck.Connection) -> None:
    options = grid()[::7]
    for option, found in zip(options, in_sql(macros, options), strict=True):
        wanted = greeks(option)
        assert abs(found["price"] - wanted["price"]) <= 1e-14 * option.f
        for name, allowed in (
            ("delta", 1e-9),
            ("gamma", 1e-8),
            ("vega", 1e-9),
            ("vanna", 1e-9),
            ("charm", 1e-9),
        ):
            assert math.isclose(found[name], wanted[name], rel_tol=allowed, abs_tol=1e-30), (
                option,
                name,
            )


def test_price_agrees_with_lets_be_rational(macros: duck.Connection) -> None:
    options = grid()
    for option, found in zip(options, in_sql(macros, options), strict=True):
        value = py_lets_be_rational.black(option.f, option.k, option.vol, option.t, option.cp)
        assert abs(found["price"] - value * math.exp(-option.rate * option.t)) <= 1e-14 * option.f


OPTIONS = st.builds(
    lambda f, x, t, vol, rate: Option(1, f, f * math.exp(x), t, vol, rate),
    st.floats(1, 20_000),
    st.floats(-0.5, 0.5),
    st.floats(1e-3, 3),
    st.floats(0.01, 3),
    st.floats(-0.1, 0.2),
)


@given(st.lists(OPTIONS, min_size=1, max_size=30))
@examples(10)
def test_a_call_less_a_put_is_the_forward_less_the_strike(
    macros: duck.Connection, options: list[Option]
) -> None:
    puts = [option._replace(cp=-1) for option in options]
    both = zip(options, in_sql(macros, options), in_sql(macros, puts), strict=True)
    for option, call, put in both:
        df = math.exp(-option.rate * option.t)
        parity, allowed = df * (option.f - option.k), 1e-13 * option.f
        assert math.isclose(call["price"] - put["price"], parity, abs_tol=allowed)
        assert math.isclose(call["delta"] - put["delta"], df, rel_tol=1e-13)
        allowed = 1e-12 * (1 + abs(put["charm"]))
        assert math.isclose(call["charm"] - put["charm"], option.rate * df, abs_tol=allowed)


def test_known_values_of_textbooks(macros: duck.Connection) -> None:
    call = one(macros, "b76_price(1, 100, 100, 0.5, 0.2, exp(-0.02 * 0.5))")
    assert call == pytest.approx(5.5811067246048118, abs=1e-13)
    put = one(macros, "b76_price(-1, 20, 20, 4 / 12, 0.25, exp(-0.09 * 4 / 12))")
    assert put == pytest.approx(1.1166, abs=5e-5)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("name", "value"),
    [("t", 0), ("t", -1), ("vol", 0), ("vol", -0.2), ("f", 0), ("f", -3), ("k", 0), ("t", "null")],
)
def test_what_is_not_defined_is_null_and_no_error(
    macros: duck.Connection, call: str, name: str, value: object
) -> None:
    given = {"cp": 1, "f": 100, "k": 100, "t": 0.5, "vol": 0.2, "rate": 0.02}
    assert one(macros, f"{call} from (select {_columns(given)})") is not None
    wrong = given | {name: value}
    assert one(macros, f"{call} from (select {_columns(wrong)})") is None


def test_whole_numbers_and_decimals_give_what_doubles_give(macros: duck.Connection) -> None:
    plain = one(macros, "b76_price(-1, 6000.25, 5900, 0.1, 0.2, 0.99)")
    doubles = "b76_price(-1::double, 6000.25::double, 5900::double, 0.1::double, 0.2::double, .99)"
    assert plain == one(macros, doubles)
    assert one(macros, "b76_price(-1::tinyint, 6000, 5900::uinteger, 1, 1, 1)") == one(
        macros, "b76_price(-1.0, 6000.0, 5900.0, 1.0, 1.0, 1.0)"
    )
    wide = "1.2345678901234567890123456789::decimal(38, 28)"
    assert one(macros, f"norm_cdf({wide})") == one(macros, f"norm_cdf({wide}::double)")


GIVEN = {"outcome": "'up'", "moment": "timestamp '2024-03-05 14:30:00'"}
"""Of parameters that are no number."""


def test_macros_of_a_catalog_that_is_attached_need_no_use(
    macros: duck.Connection, tmp_path: Path
) -> None:
    """A macro that calls another would find it only in the database in use."""
    with duck.in_memory(tmp_path, threads=1) as connection:
        connection.execute(f"attach '{tmp_path / 'some.duckdb'}' as fresh; use fresh")
        for macro in Renderer(SQL, Settings()).macros.values():
            connection.execute(macro)
        connection.execute("use memory; detach fresh")
        connection.execute(f"attach '{tmp_path / 'some.duckdb'}' as desk (read_only)")
        names = connection.execute(
            "select function_name, parameters from duckdb_functions()"
            " where database_name = 'desk' and function_type = 'macro'"
        ).fetchall()
        assert len(names) > 8
        for name, parameters in names:
            given = ", ".join(GIVEN.get(one, "1") for one in parameters)
            assert one(connection, f"desk.{name}({given})") is not None


def _columns(given: dict[str, object]) -> str:
    return ", ".join(f"{value} as {name}" for name, value in given.items())
