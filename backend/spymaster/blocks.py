"""Numbers as characters of a terminal: marks of a height, bars of a length."""

from __future__ import annotations

HEIGHTS = "▁▂▃▄▅▆▇█"
LENGTHS = " ▏▎▍▌▋▊▉█"


def block(value: float, scale: float) -> str:
    """Return a mark as high as a number stands between -scale and scale, beyond them its end.

    >>> block(-0.5, 0.5), block(0, 0.5), block(0.5, 0.5), block(9, 0.5)
    ('▁', '▅', '█', '█')
    """
    height = (value / scale + 1) / 2 * len(HEIGHTS)
    return HEIGHTS[min(max(int(height), 0), len(HEIGHTS) - 1)]


def filled(share: float, width: int) -> str:
    """Return the filled part of a bar, to an eighth of a character.

    >>> filled(0.5, 3), filled(0, 3), filled(1, 3)
    ('█▌', '', '███')
    """
    whole, eighths = divmod(round(share * width * 8), 8)
    return "█" * whole + (LENGTHS[eighths] if eighths else "")
