"""Aligned columns of text, as a terminal shows them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

GAP = "  "
PLAIN = re.compile(r"-?\d+\.\d+")
NARROWEST = 24
"""Characters that a column of text is given at least."""
Block = list[int]


def grid(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None = None,
    n_keys: int = 0,
) -> Iterator[str]:
    """Yield the lines of an aligned table; a cell of several lines takes as many.

    Parameters
    ----------
    right : positions of columns
        Those set flush right, as numbers are.
    width : int, characters
        A wider table comes as blocks of columns, one below the other, so that no line breaks and
        nothing is cut.
    n_keys : int
        So many columns at the start say which row it is, and begin every block if they leave half
        of it to others.

    Examples
    --------
    >>> list(grid(["tick", "side"], [["27064", "ask"], ["9", "bid"]], right=[0]))
    [' tick  side', '27064  ask', '    9  bid']
    """
    cells = [[text.split("\n") for text in row] for row in (header, *rows)]
    widths = [
        max(len(line) for cell in column for line in cell) for column in zip(*cells, strict=True)
    ]
    for number, block in enumerate(_blocks(widths, width, n_keys)):
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


def pointed(texts: Sequence[str | None]) -> list[str | None]:
    """Return numbers with as many decimals as the one that has most, so that points are aligned.

    >>> pointed(["6756.25", "6.5", None, "1e-09", "inf"])
    ['6756.25', '6.50', None, '1e-09', 'inf']
    """
    plain = {text for text in texts if text and PLAIN.fullmatch(text)}
    most = max((len(text.partition(".")[2]) for text in plain), default=0)
    return [
        text + "0" * (most - len(text.partition(".")[2])) if text in plain and text else text
        for text in texts
    ]


def _blocks(widths: Sequence[int], limit: int | None, n_keys: int = 0) -> Iterator[Block]:
    keys = list(range(n_keys))
    taken = sum(widths[at] + len(GAP) for at in keys)
    if limit is None or taken > limit / 2:
        keys, taken = [], 0
    block, used = list(keys), taken
    for at in range(len(keys), len(widths)):
        used += widths[at] + len(GAP)
        if len(block) > len(keys) and limit is not None and used - len(GAP) > limit:
            yield block
            block, used = list(keys), taken + widths[at] + len(GAP)
        block.append(at)
    yield block
