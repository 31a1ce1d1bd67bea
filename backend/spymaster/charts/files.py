"""A chart as a file: the format by the file's name, everything inside, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.errors import UsageError
from spymaster.outputs import suffix, whole

if TYPE_CHECKING:
    import altair as alt

FORMATS = (".png", ".svg", ".html")
CLIP = re.compile(r"\bclip\d+\b")
VEGALITE = "6.1"
"""The one that altair 6 writes."""
PIXELS = 1.5
"""Pixels of a PNG per px of the picture."""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ margin: 0 }} svg {{ max-width: 100%; height: auto; overflow: visible }}</style>
</head><body>{svg}</body></html>
"""
"""Labels may stand out: the reader's letters may be wider than those that were measured."""


def check_name(path: Path) -> None:
    """Refuse a file whose name does not say a format.

    Raises
    ------
    UsageError
        Naming the formats, or that the plotting library is not installed.
    """
    suffix(path, "a picture", FORMATS)
    check_installed()


def check_installed() -> None:
    """Refuse to draw without the library that does."""
    try:
        import altair  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise UsageError("pictures need the extra 'plot': uv sync --extra plot") from error


@contextmanager
def unchecked() -> Iterator[None]:
    """Make charts without each part being compared with the schema of the grammar as it is made.

    That takes longer than all of drawing; tests compare whole charts instead.
    """
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):
        yield


def save(chart: alt.TopLevelMixin, path: Path, title: str) -> None:
    """Write a chart in the format that the file's name says."""
    import vl_convert

    form = suffix(path, "a picture", FORMATS)
    if form == ".png":
        drawn = vl_convert.vegalite_to_png(_spec(chart), vl_version=VEGALITE, scale=PIXELS)
    else:
        shown = svg(chart)
        drawn = (PAGE.format(title=title, svg=shown) if form == ".html" else shown).encode()
    with whole(path) as out:
        out.write(drawn)


def svg(chart: alt.TopLevelMixin, name: str = "clip") -> str:
    """Return a chart as the text of an SVG.

    Parameters
    ----------
    name : str
        What its ids begin with; different for each of the charts that stand on one page.
    """
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(_spec(chart), vl_version=VEGALITE)
    numbers: dict[str, int] = {}  # of clips, which the library counts over all that it ever drew
    return CLIP.sub(lambda found: f"{name}{numbers.setdefault(found[0], len(numbers))}", drawn)


def _spec(chart: alt.TopLevelMixin) -> str:
    return chart.to_json(validate=False, indent=None)
