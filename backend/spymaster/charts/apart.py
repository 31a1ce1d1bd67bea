"""Where labels and hatching go: the geometry that a plotting grammar does not do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

HATCH_PX = 7.0
"""Between two strokes of a hatch."""
Stroke = tuple[float, float, float, float]


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return ascending places moved as little as it takes to be ``gap`` from each other.

    Those that would touch share the room around their middle.

    Examples
    --------
    >>> apart([0.0, 1.0, 50.0], 10.0)
    [-4.5, 5.5, 50.0]
    """
    groups: list[tuple[float, int]] = []  # middle and size of places that stand side by side
    for place in places:
        middle, size = place, 1
        while groups and middle - groups[-1][0] < gap * (size + groups[-1][1]) / 2:
            other, others = groups.pop()
            middle = (middle * size + other * others) / (size + others)
            size += others
        groups.append((middle, size))
    return [middle + gap * (at - (size - 1) / 2) for middle, size in groups for at in range(size)]


def hatch(left: float, right: float, height: float) -> Iterator[Stroke]:
    """Yield strokes (x, y, x2, y2) in px that hatch a rectangle; y is 0 at its foot.

    They run through all rectangles of one picture alike, since each is a piece of a line x - y = c
    that does not depend on the rectangle.

    Examples
    --------
    >>> list(hatch(0.0, 7.0, 7.0))
    [(0.0, 0.0, 7.0, 7.0)]
    """
    first = int((left - height) // HATCH_PX) + 1
    last = -int(-right // HATCH_PX)
    for at in range(first, last):
        c = at * HATCH_PX
        x, x2 = max(left, c), min(right, c + height)
        if x < x2:
            yield x, x - c, x2, x2 - c
