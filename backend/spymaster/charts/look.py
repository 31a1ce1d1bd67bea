"""How everything that is drawn looks: the screen's two grounds and its two poles.

Blue is what favours up, orange what favours down, everywhere, and each has a second code beside it:
a side of an axis, a triangle, a word. What has no direction is ink or grey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEAN_END = 0.25
"""Lean from which on a colour is full; the same in every picture, so that days compare."""
SHARE_END = 0.25
"""Share of the ladder's depth from which on a step is as dark as it gets."""
STATE_END = 0.4
"""End of the axes of net and vacuum."""
FONT = "sans-serif"
SMALL, TEXT, LARGE = 10, 11, 15
"""Sizes of letters, px."""


@dataclass(frozen=True)
class Look:
    """Colours by what they say; the same names as the screen's."""

    name: str
    ground: str
    ink: str
    dim: str
    faint: str
    rule: str
    up: str
    down: str

    @property
    def config(self) -> dict[str, Any]:
        """What a chart sets once for all of its parts."""
        axis = {
            "labelColor": self.dim,
            "titleColor": self.dim,
            "domainColor": self.rule,
            "tickColor": self.rule,
            "gridColor": self.rule,
            "gridOpacity": 0.6,
            "labelFontSize": SMALL,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
        }
        return {
            "aria": False,  # a label on each of thousands of cells is no help, and half of an SVG
            "background": self.ground,
            "font": FONT,
            "padding": 12,
            "view": {"stroke": self.rule},
            "axis": axis,
            "legend": {
                "labelColor": self.ink,
                "titleColor": self.dim,
                "labelFontSize": SMALL,
                "titleFontSize": SMALL,
                "titleFontWeight": "normal",
            },
            "title": {
                "anchor": "start",
                "color": self.ink,
                "subtitleColor": self.dim,
                "fontSize": TEXT,
                "subtitleFontSize": TEXT,
                "fontWeight": "bold",
            },
        }


LIGHT = Look(
    "light", "#ffffff", "#12161c", "#56616f", "#a3adba", "#d5dbe3", up="#0a62c9", down="#b45400"
)
DARK = Look(
    "dark", "#0e1116", "#e8edf3", "#8b98a8", "#5a6675", "#2a323d", up="#4aa3ff", down="#ff9a3c"
)
LOOKS = {look.name: look for look in (LIGHT, DARK)}
