"""What a vendor's symbol is of: a product's futures, or options."""

from __future__ import annotations

import re
from collections.abc import Iterable

OPTIONS = "OPT"
"""Stands for options of any product."""
OUTRIGHT = re.compile(r"([A-Z0-9]{1,5}?)[FGHJKMNQUVXZ]\d{1,2}")
"""A future by its raw symbol, such as ESH4 and 6EZ24."""
MANY = re.compile(r"([A-Z0-9]{1,5})\.(?:FUT|[cnv]\.\d+)")
"""All futures of a product, or a continuous one: ES.FUT, ES.v.0."""
OPTION = re.compile(r".+\.OPT|.+ [CP]\d+(?:\.\d+)?")
"""All options of a class, or one: ES.OPT, ESH4 C5000."""


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
