"""Aligned columns of text, as a terminal shows them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from math import floor, log10
from textwrap import wrap

from spymaster.read.exact_types import DIGITS, LEAST_DECIMALS

GAP = "  "
PLAIN = re.compile(r"-?\d+\.\d+")
NARROWEST = 24
"""Characters that a last column of text is given at least."""
Block = list[int]


def grid(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None = None,
    keys: Sequence[int] = (),
) -> Iterator[str]:
    """Yield the lines of an aligned table; a cell of several lines takes as many.

    Parameters
    ----------
    right : positions of columns
        Those set flush right, as numbers are.
    width : int, characters
        A wider table comes as blocks of columns, one below the other, so that no line breaks and
        nothing is cut.
    keys : positions of columns
        Those that say which row it is: they begin every further block, as many of them as leave
        half of it to others.

    Examples
    --------
    >>> list(grid(["tick", "side"], [["27064", "ask"], ["9", "bid"]], right=[0]))
    [' tick  side', '27064  ask', '    9  bid']
    """
    cells = [[text.split("\n") for text in row] for row in (header, *rows)]
    widths = [
        max(len(line) for cell in column for line in cell) for column in zip(*cells, strict=True)
    ]
    for number, block in enumerate(_blocks(widths, width, keys)):
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
    keys: Sequence[int] = (0,),
) -> Iterator[str]:
    """Yield the same, with the text of the last column broken into lines that fit.

    Where that leaves it next to nothing, the table comes as blocks, and every text is broken.
    """
    table = [*([header] if header else ()), *rows]
    if width:
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        used = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        if used + min(widths[-1], NARROWEST) > width:
            _, taken = _fitting(widths, width / 2, keys)
            broken = [["\n".join(wrap(text, width - taken)) for text in row] for row in table]
            return grid(broken[0], broken[1:], right=right, width=width, keys=keys)
        table = [[*row[:-1], "\n".join(wrap(row[-1], width - used))] for row in table]
    return grid(table[0], table[1:], right=right)


def pointed(texts: Sequence[str | None]) -> list[str | None]:
    """Return numbers with the decimals that the largest of them has, so that points are aligned.

    A number of which that would leave next to nothing stays as it is.

    >>> pointed(["6756.25", "6.5", None, "0.00123", "inf"])
    ['6756.25', '6.50', None, '0.00123', 'inf']
    >>> pointed(["-0.153555", "0.0435574"])
    ['-0.153555', '0.043557']
    """
    numbers = {text: float(text) for text in texts if text and PLAIN.fullmatch(text)}
    largest = max(map(abs, numbers.values()), default=0.0)
    most = max(DIGITS - 1 - floor(log10(largest)), LEAST_DECIMALS) if largest else 1
    rounded = {
        text: f"{number:.{most}f}"
        for text, number in numbers.items()
        if not number or abs(number) >= 10 ** (1 - most)
    }
    needed = max((len(text.rstrip("0").partition(".")[2]) for text in rounded.values()), default=0)
    return [
        f"{numbers[text]:.{max(needed, 1)}f}" if text in rounded and text else text
        for text in texts
    ]


def _blocks(widths: Sequence[int], limit: int | None, keys: Sequence[int] = ()) -> Iterator[Block]:
    if limit is None:
        yield list(range(len(widths)))
        return
    repeated, taken = _fitting(widths, limit / 2, keys)
    block: Block = []
    used = 0
    for at, one in enumerate(widths):
        if block and at not in block and used + one > limit:
            yield block
            block, used = list(repeated), taken
        if at not in block:
            block.append(at)
            used += one + len(GAP)
    yield block


def _fitting(widths: Sequence[int], room: float, keys: Sequence[int]) -> tuple[Block, int]:
    """Return the first keys that fit into a width together, and what they take of it."""
    block: Block = []
    used = 0
    for at in keys:
        if used + widths[at] + len(GAP) > room:
            break
        block.append(at)
        used += widths[at] + len(GAP)
    return block, used
