"""Coefficients of the scaled complementary error function for ``sql/numerics/normal.sql``, derived.

erfcx(a) = exp(a**2) erfc(a) for a >= 0 falls like 1 / (a sqrt(pi)), so (1 + 2 a) erfcx(a) is almost
flat; as a function of q = (a - POLE) / (a + POLE), which maps [0, inf) to [-1, 1), a polynomial
through its Chebyshev nodes is all but the best one of its degree. Run as a program, this prints
what the macro file holds: ``python tests/options/erfcx.py``.
"""

from __future__ import annotations

import sys
from decimal import Decimal, localcontext

POLE = 3
DEGREES = {"FINE": 22, "COARSE": 8}
DIGITS = 60
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
TINY = Decimal(10) ** -DIGITS


def erfcx(a: Decimal) -> Decimal:
    """exp(a**2) erfc(a) for a >= 0, to 50 digits."""
    with localcontext(prec=DIGITS + 20):
        return _series(a) if a < 4 else _fraction(a)


def coefficients(degree: int) -> list[float]:
    """Return the polynomial in q through the Chebyshev nodes of a degree, constant first."""
    with localcontext(prec=DIGITS):
        count = degree + 1
        angles = [PI * (2 * j + 1) / (2 * count) for j in range(count)]
        values = [_flat(_cos(angle)) for angle in angles]
        weights = [
            2 * sum(v * _cos(m * angle) for v, angle in zip(values, angles, strict=True)) / count
            for m in range(count)
        ]
        weights[0] /= 2
        return [float(coefficient) for coefficient in _powers(weights)]


def _flat(q: Decimal) -> Decimal:
    a = POLE * (1 + q) / (1 - q)
    return (1 + 2 * a) * erfcx(a)


def _series(a: Decimal) -> Decimal:
    """Taylor's series of erf."""
    term, total, n = a, a, 0
    while abs(term) > TINY:
        n += 1
        term *= -a * a / n
        total += term / (2 * n + 1)
    return (a * a).exp() * (1 - 2 * total / PI.sqrt())


def _fraction(a: Decimal) -> Decimal:
    """Laplace's continued fraction."""
    below = Decimal(0)
    for n in range(600, 0, -1):
        below = Decimal(n) / 2 / (a + below)
    return 1 / (PI.sqrt() * (a + below))


def _cos(angle: Decimal) -> Decimal:
    reduced = angle % (2 * PI)
    term, total, n = Decimal(1), Decimal(1), 0
    while abs(term) > TINY:
        n += 2
        term *= -reduced * reduced / (n * (n - 1))
        total += term
    return total


def _powers(weights: list[Decimal]) -> list[Decimal]:
    """Turn a sum of Chebyshev polynomials into one of powers."""
    before, now = [Decimal(1)], [Decimal(0), Decimal(1)]
    powers = [Decimal(0)] * len(weights)
    for weight in weights:
        for power, coefficient in enumerate(before):
            powers[power] += weight * coefficient
        after = [Decimal(0), *(2 * coefficient for coefficient in now)]
        for power, coefficient in enumerate(before):
            after[power] -= coefficient
        before, now = now, after
    return powers


def written(degree: int) -> list[str]:
    """Return coefficients as SQL: with an exponent, since DuckDB reads others as DECIMAL."""
    return [f"{coefficient:.17e}" for coefficient in coefficients(degree)]


if __name__ == "__main__":
    for name, degree in DEGREES.items():
        listed = "".join(f"\n    '{number}'," for number in written(degree))
        sys.stdout.write(f"{{%- set {name} = [{listed}\n] -%}}\n")
