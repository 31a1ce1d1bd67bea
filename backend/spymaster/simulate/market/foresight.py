"""A path that is played before the market gets there, so that a world can know what comes."""

from __future__ import annotations

from collections import deque

from spymaster.simulate.market.path import STEP_NS, Path
from spymaster.units import NS_PER_SECOND


class Foresight:
    """Shows a market a path as it was some seconds ago; a world sees where it is by now.

    Parameters
    ----------
    path : Path
        What is played ahead.
    lead_s : float, seconds
        How far ahead.
    activity : float
        How busy the market is before it begins.
    """

    def __init__(self, path: Path, lead_s: float, activity: float) -> None:
        self._path = path
        self._seen = path.tick, path.volatility
        self._coming: deque[tuple[float, float]] = deque()
        for _ in range(int(lead_s * NS_PER_SECOND) // STEP_NS):
            self._play(activity)

    @property
    def tick(self) -> float:
        """Where the price is heading now."""
        return self._seen[0]

    @property
    def volatility(self) -> float:
        """How wild the session is now."""
        return self._seen[1]

    def step(self, activity: float) -> None:
        """Move on by a step, here and ahead."""
        self._play(activity)
        self._seen = self._coming.popleft()

    def _play(self, activity: float) -> None:
        self._path.step(activity)
        self._coming.append((self._path.tick, self._path.volatility))
