"""Price levels that everybody knows, as the session makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from spymaster.simulate.market.book import Book

ROUND_TICKS = 100
"""25 points: the spacing of round levels."""
PLACEBOS = 8
"""Levels of the fake set; nothing is ever planted at them."""
_CLEAR = 6
"""Ticks that a fake level keeps away from every real one, and from other fake ones."""
_REACH = 120
"""Ticks around the open within which fake levels lie."""


@dataclass(frozen=True)
class Landmark:
    """A level."""

    level_id: str
    tick: int
    """In the book's own count."""
    known: int
    """ns since midnight UTC."""


class Landmarks:
    """Watches trades and names the levels that they leave behind.

    Parameters
    ----------
    marks : pairs of (ns since midnight UTC, name)
        When a range of trades closes, and what its ends are called; nothing if it has no name.
    base_tick : int
        Price, in ticks, of the book's tick 0.
    """

    def __init__(self, book: Book, marks: Iterable[tuple[int, str]], base_tick: int) -> None:
        self.book, self.base_tick = book, base_tick
        self.found: list[Landmark] = []
        self._marks = list(marks)

    def watch(self, now: int) -> None:
        """Note what became known by now."""
        while self._marks and now >= self._marks[0][0]:
            known, name = self._marks.pop(0)
            low, high = self.book.traded
            if name and low <= high:
                self.found.append(Landmark(f"{name}_HIGH", high, known))
                self.found.append(Landmark(f"{name}_LOW", low, known))
            self.book.forget_trades()

    def known(self, tick: float) -> list[Landmark]:
        """Return every level there is now, with the round ones next to a tick."""
        return [*self.found, *self._rounds(tick)]

    def _rounds(self, tick: float) -> Iterator[Landmark]:
        first = (int(tick) + self.base_tick) // ROUND_TICKS * ROUND_TICKS - self.base_tick
        for step in (-1, 0, 1, 2):
            yield Landmark("ROUND_25", first + step * ROUND_TICKS, 0)

    def around(self, tick: float) -> list[Landmark]:
        """Return what one would draw around a tick, whether or not price comes there."""
        rounds = [each for each in self._rounds(tick) if abs(each.tick - tick) <= 2 * _REACH]
        return [*self.found, *rounds]

    def placebos(self, rng: np.random.Generator, tick: float) -> list[int]:
        """Return fake levels, ticks, in the neighbourhood of a tick."""
        taken = [landmark.tick for landmark in self.known(tick)]
        free = list(range(int(tick) - _REACH, int(tick) + _REACH))
        fake: list[int] = []
        while len(fake) < PLACEBOS:
            free = [at for at in free if all(abs(at - level) > _CLEAR for level in taken)]
            fake.append(int(rng.choice(free)))
            taken.append(fake[-1])
        return sorted(fake)
