"""Means over steps from values at their edges, by the integral of the polynomial through them."""

from __future__ import annotations

from fractions import Fraction
from math import isclose

import jinja2

from spymaster.warehouse.columns import SQL

MACROS = jinja2.Environment(loader=jinja2.FileSystemLoader(SQL))
WEIGHTS = MACROS.get_template("numerics/step_means.sql").module.WEIGHTS
EDGES, MIDDLE = 12, 5


def weight(step: int, edge: int) -> Fraction:
    """Return the integral over a step of the polynomial that is 1 at an edge, 0 at the others."""
    terms = [Fraction(1)]
    for other in range(EDGES):
        if other != edge:
            raised, kept = [Fraction(0), *terms], [*terms, Fraction(0)]
            terms = [(a - other * b) / (edge - other) for a, b in zip(raised, kept, strict=True)]
    ends = ((Fraction(step + 1) ** (n + 1) - Fraction(step) ** (n + 1)) for n in range(EDGES))
    return sum(
        (c * x / (n + 1) for n, (c, x) in enumerate(zip(terms, ends, strict=True))), Fraction(0)
    )


def test_weights_are_the_integrals_of_the_polynomials_through_the_edges() -> None:
    assert len(WEIGHTS) == MIDDLE + 1
    for step, weights in enumerate(WEIGHTS):
        wanted = [weight(step, edge) for edge in range(EDGES)]
        assert sum(wanted) == 1
        for found, exact in zip(weights, wanted, strict=True):
            assert isclose(float(found), exact, rel_tol=1e-15)
