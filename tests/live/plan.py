"""What goes wrong with the stand-in, and when."""

from __future__ import annotations

from dataclasses import dataclass

KEY = "db-ThisKeyIsForTestsOnly1234567"
"""The one that it knows."""
ENDS = ("fin", "rst", "torn", "torn_fin", "error_fin", "rst_down", "hang")
"""Actions after which nothing more comes on a connection."""


@dataclass(frozen=True)
class Action:
    """What goes wrong on a connection, once so many of its records have been sent.

    ``fin``, ``rst`` end it between two records, ``torn_fin``, ``torn`` inside one; ``error_fin``
    says an error first; ``rst_down`` also refuses connections for some seconds; ``hang`` says
    nothing more; ``stall`` pauses between two records, for some seconds or until told to go on,
    ``half`` inside one; ``snapshot`` restates the book; ``message`` says an error and goes on.
    """

    connection: int
    kind: str
    after: int = 0
    seconds: float = 0.0
    code: int = 6
    text: str = "internal error"
