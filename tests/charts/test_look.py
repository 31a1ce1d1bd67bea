"""The two poles stay apart for every kind of sight, and are those of the screen."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from spymaster.charts import DARK, LIGHT, LOOKS, Look

STYLES = Path(__file__).parents[2] / "frontend" / "src" / "styles.css"
Triple = tuple[float, float, float]
# Viénot, Brettel and Mollon 1999: linear RGB to cones, one kind of cone told by the two others
TO_CONES = (
    (17.8824, 43.5161, 4.11935),
    (3.45565, 27.1554, 3.86714),
    (0.0299566, 0.184309, 1.46709),
)
WITHOUT = {
    "protanopia": ((0.0, 2.02344, -2.52581), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "deuteranopia": ((1.0, 0.0, 0.0), (0.494207, 0.0, 1.24827), (0.0, 0.0, 1.0)),
}
TO_RGB = (
    (0.080944, -0.130504, 0.116721),
    (-0.0102485, 0.0540194, -0.113615),
    (-0.000365294, -0.00412163, 0.693513),
)
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)


def linear(color: str) -> Triple:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return red, green, blue


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    a, b, c = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return a, b, c


def seen(color: str, sight: str) -> Triple:
    """Return what an eye without one kind of cone sees of a colour, linear RGB."""
    rgb = linear(color)
    if sight == "normal":
        return rgb
    if sight == "achromatopsia":
        bright = sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))
        return bright, bright, bright
    return times(TO_RGB, times(WITHOUT[sight], times(TO_CONES, rgb)))


def lab(rgb: Triple) -> Triple:
    def bend(t: float) -> float:
        return t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116

    clipped = tuple(min(max(v, 0.0), 1.0) for v in rgb)
    assert len(clipped) == 3
    x, y, z = (bend(v / w) for v, w in zip(times(TO_XYZ, clipped), WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, other: str, sight: str) -> float:
    """CIE 1976 colour difference; 2.3 is just noticeable."""
    a, b = lab(seen(one, sight)), lab(seen(other, sight))
    return float(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5)


@pytest.mark.parametrize("sight", ["normal", "deuteranopia", "protanopia"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_up_down_and_nothing_stay_apart(look: Look, sight: str) -> None:
    for one, other in combinations((look.up, look.down, look.ground), 2):
        assert difference(one, other, sight) > 40
    assert difference(look.up, look.down, sight) > 60


def test_the_simulation_confuses_what_such_eyes_confuse() -> None:
    red, green = "#c83c3c", "#6b7a1e"
    assert difference(red, green, "normal") > 60
    assert difference(red, green, "deuteranopia") < 25


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_words_can_be_read_on_the_ground(look: Look) -> None:
    ground = sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear(look.ground), strict=True))
    for color in (look.ink, look.dim, look.up, look.down):
        bright = sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear(color), strict=True))
        high, low = max(ground, bright) + 0.05, min(ground, bright) + 0.05
        assert high / low >= 4.5


def test_colours_are_those_of_the_screen() -> None:
    dark, light = (
        dict(re.findall(r"--(\w+): (#\w+);", block))
        for block in STYLES.read_text(encoding="utf-8").split("--ground")[1:3]
        for block in ["--ground" + block]
    )
    for look, screen in ((DARK, dark), (LIGHT, light)):
        for name in ("ground", "ink", "dim", "faint", "rule", "up", "down"):
            assert getattr(look, name) == screen[name]
