"""What a request asks for, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from spymaster.errors import UsageError

MAX_SPEED = 1000.0
"""Times real time; beyond it `max` is what is meant."""
SEQ = re.compile("[1-9][0-9]{0,8}")
"""A number above 0 of no more digits than any session needs."""
SHOWN = 20
"""Characters of what is wrong that are said back."""


def speed_of(text: str) -> float | None:
    """Return how fast a replay goes; none is as fast as it is read.

    Raises
    ------
    UsageError
        If it is neither ``max`` nor a number from 0 to 1000.

    Examples
    --------
    >>> speed_of("20"), speed_of("max")
    (20.0, None)
    """
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= MAX_SPEED:
        raise UsageError(f"speed {text}: expected max, or a number from 0 to {MAX_SPEED:g}")
    return speed


def seq_of(query: Mapping[str, str], name: str) -> int | None:
    """Return the number of a bucket that a query gives, none where it gives none.

    Raises
    ------
    UsageError
        If it is no whole number above 0, or one of more than 9 digits.
    """
    text = query.get(name)
    if text is None:
        return None
    if not SEQ.fullmatch(text):
        raise UsageError(f"{name} {text[:SHOWN]}: expected the number of a bucket, 1 the first")
    return int(text)
