"""A relation between what it reads and what reads it, as coordinates of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spymaster.site.content import Page

HEIGHT, GAP, MARGIN, BEND = 26, 8, 4, 70
"""Of a box, between boxes, around all, and of the room that lines bend in, pixels."""
LETTER, PADDING = 7.3, 20
"""Width of a letter, and of what a box adds to its name."""


@dataclass(frozen=True)
class Box:
    """A relation in the drawing; ``x`` and ``y`` are its upper left corner."""

    name: str
    x: float
    y: float
    width: float
    is_centre: bool = False

    @property
    def left(self) -> tuple[float, float]:
        """Where lines arrive."""
        return self.x, self.y + HEIGHT / 2

    @property
    def right(self) -> tuple[float, float]:
        """Where lines leave."""
        return self.x + self.width, self.y + HEIGHT / 2


@dataclass(frozen=True)
class Picture:
    """Boxes, and the lines between them as SVG paths."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


def picture(page: Page) -> Picture | None:
    """Return the drawing of a relation; None of one that stands alone."""
    if not page.upstream and not page.downstream:
        return None
    tallest = max(len(page.upstream), len(page.downstream), 1)
    height = tallest * (HEIGHT + GAP) - GAP + 2 * MARGIN
    above = _stack(page.upstream, MARGIN, height)
    x = max([box.right[0] for box in above], default=MARGIN - BEND) + BEND
    (centre,) = _stack([page.name], x, height, is_centre=True)
    below = _stack(page.downstream, centre.right[0] + BEND, height)
    boxes = (*above, centre, *below)
    lines = [_line(box, centre) for box in above] + [_line(centre, box) for box in below]
    width = max(box.right[0] for box in boxes) + MARGIN
    return Picture(width, height, boxes, tuple(lines))


def _stack(names: Sequence[str], x: float, height: float, *, is_centre: bool = False) -> list[Box]:
    """Return boxes one below the other around the middle, all as wide as the widest."""
    taken = len(names) * (HEIGHT + GAP) - GAP
    top = (height - taken) / 2
    width = max((len(name) for name in names), default=0) * LETTER + PADDING
    return [
        Box(name, x, top + at * (HEIGHT + GAP), width, is_centre) for at, name in enumerate(names)
    ]


def _line(start: Box, end: Box) -> str:
    (x0, y0), (x1, y1) = start.right, end.left
    middle = (x0 + x1) / 2
    return f"M{x0:g},{y0:g} C{middle:g},{y0:g} {middle:g},{y1:g} {x1:g},{y1:g}"
