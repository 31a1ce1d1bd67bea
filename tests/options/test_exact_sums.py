"""Sums of doubles that are the same bits in any order, by an anchor that all addends share."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from math import frexp

import jinja2
import pytest

from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

MACROS = jinja2.Environment(loader=jinja2.FileSystemLoader(SQL), trim_blocks=True)
EXPOSURE = MACROS.get_template("macros/exposure.sql").module
BITS = 40
Summed = Callable[..., tuple[float, float]]
SIZES = (1, 2, 3, 10, 200, 4096)


def drawn(size: int, seed: int) -> list[float]:
    """Addends of either sign over twenty powers of ten, the largest several times."""
    chance = random.Random(seed)
    found = [chance.choice((-1, 1)) * 10 ** chance.uniform(-12, 8) for _ in range(size)]
    return [max(found), *found, *[max(found)] * (size // 3)][:size]


@pytest.fixture(scope="module")
def summed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Summed]:
    """Return the anchor of some addends and their sum by it, added up in the order given."""
    with closing(duck.in_memory(tmp_path_factory.mktemp("sums"), threads=1)) as connection:

        def asked(addends: list[float], *many: str) -> tuple[float, float]:
            query = f"""
                with given as (select unnest($addends::double[]) as x),
                anchors as (select {EXPOSURE.anchor("x", *many)} as anchor from given)
                select any_value(anchor), {EXPOSURE.exact("x", "anchor")}
                from given cross join anchors
            """
            (row,) = connection.execute(query, {"addends": addends}).fetchall()
            return float(row[0]), float(row[1])

        yield asked


@pytest.mark.parametrize("many", [(), ("3 * count(*)",)], ids=["default", "counted"])
@pytest.mark.parametrize("size", SIZES)
def test_sums_are_the_same_in_any_order_and_turned_around(
    summed: Summed, size: int, many: tuple[str, ...]
) -> None:
    addends = drawn(size, seed=size)
    anchor, found = summed(addends, *many)
    assert frexp(anchor)[0] == 0.75  # one and a half powers of 2
    for order in (addends[::-1], sorted(addends), sorted(addends, key=abs)):
        assert summed(order, *many) == (anchor, found)
    assert summed([-addend for addend in addends], *many) == (anchor, -found)
    off = abs(Fraction(found) - sum(map(Fraction, addends)))
    assert off <= size * max(map(abs, addends)) * 2.0**-BITS


def test_a_sum_of_nothing_but_zeros_is_zero(summed: Summed) -> None:
    assert summed([0.0, 0.0]) == (0, 0)
