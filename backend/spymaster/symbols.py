"""What a vendor's symbol is of: a product's futures, or options."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spymaster.errors import UsageError

OPTIONS = "OPT"
"""Stands for options of any product."""
OUTRIGHT = re.compile(r"([A-Z0-9]{1,5}?)[FGHJKMNQUVXZ]\d{1,2}")
"""A future by its raw symbol, such as ESH4 and 6EZ24."""
MANY = re.compile(r"([A-Z0-9]{1,5})\.(?:FUT|[cnv]\.\d+)")
"""All futures of a product, or a continuous one: ES.FUT, ES.v.0."""
OPTION = re.compile(r".+\.OPT|.+ [CP]\d+(?:\.\d+)?")
"""All options of a class, or one: ES.OPT, ESH4 C5000."""
PARENT = re.compile(r"[A-Z0-9]{1,5}\.OPT")
"""All options of a class."""
_WEEKDAYS = [f"E{week}{day}" for week in range(1, 6) for day in "ABCD"]
"""Monday to Thursday of each week of the month; a fifth week is not in every month."""
CLASSES = {
    "ES": ("ES", "EYC", "EY", "EW", "EW1", "EW2", "EW3", "EW4", *_WEEKDAYS),
}
"""By root, the classes of options on it: quarterly in the morning and in the afternoon, end of the
month, Fridays, the other days. The vendor has each as a parent of its own."""


def product(symbol: str) -> str | None:
    """Return the root of a future's symbol, ``OPTIONS`` of an option's; None of any other.

    >>> product("ESH4"), product("6E.v.0"), product("ESH4 C5000"), product("AAPL")
    ('ES', '6E', 'OPT', None)
    """
    if OPTION.fullmatch(symbol):
        return OPTIONS
    found = OUTRIGHT.fullmatch(symbol) or MANY.fullmatch(symbol)
    return found.group(1) if found else None


def products(symbols: Iterable[str]) -> tuple[str, ...]:
    """Return the products that symbols are of, in order.

    >>> products(["ES.v.0", "17077", "ESM4"])
    ('ES',)
    """
    return tuple(sorted({found for symbol in symbols if (found := product(symbol))}))


def option_parents(root: str) -> tuple[str, ...]:
    """Return the parents of all options on a root's futures, those that list none now, too.

    >>> option_parents("ES")[:5]
    ('ES.OPT', 'EYC.OPT', 'EY.OPT', 'EW.OPT', 'EW1.OPT')

    Raises
    ------
    UsageError
        If it is not known which there are.
    """
    if root not in CLASSES:
        known = ", ".join(CLASSES)
        raise UsageError(
            f"which options there are on {root} is not known, only on {known}; name them"
        )
    return tuple(f"{name}.{OPTIONS}" for name in CLASSES[root])
