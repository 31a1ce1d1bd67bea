"""Aligned columns of text, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

GAP = "  "
NARROWEST = 24
"""Characters that a column of text is given at least."""
Block = list[int]


def grid(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None = None,
) -> Iterator[str]:
    """Yield the lines of an aligned table; a cell of several lines takes as many.

    Parameters
    ----------
    right : positions of columns
        Those set flush right, as numbers are.
    width : int, characters
        A wider table comes as blocks of columns, one below the other, so that no line breaks and
        nothing is cut.

    Examples
    --------
    >>> list(grid(["tick", "side"], [["27064", "ask"], ["9", "bid"]], right=[0]))
    [' tick  side', '27064  ask', '    9  bid']
    """
    cells = [[text.split("\n") for text in row] for row in (header, *rows)]
    widths = [
        max(len(line) for cell in column for line in cell) for column in zip(*cells, strict=True)
    ]
    for number, block in enumerate(_blocks(widths, width)):
        if number:
            yield ""
        for row in cells:
            for line in zip_longest(*(row[at] for at in block), fillvalue=""):
                padded = (
                    text.rjust(widths[at]) if at in right else text.ljust(widths[at])
                    for at, text in zip(block, line, strict=True)
                )
                yield GAP.join(padded).rstrip()


def fitted(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None = None,
) -> Iterator[str]:
    """Yield the same, with the text of the last column broken into lines that fit."""
    table = [*([header] if header else ()), *rows]
    used = sum(max(map(len, column)) + len(GAP) for column in list(zip(*table, strict=True))[:-1])
    room = max((width or 0) - used, NARROWEST)
    lines = [[*row[:-1], "\n".join(wrap(row[-1], room))] for row in table] if width else table
    return grid(lines[0], lines[1:], right=right)


def _blocks(widths: Sequence[int], limit: int | None) -> Iterator[Block]:
    block: Block = []
    used = 0
    for at, one in enumerate(widths):
        used += one + len(GAP)
        if block and limit is not None and used - len(GAP) > limit:
            yield block
            block, used = [], one + len(GAP)
        block.append(at)
    yield block
