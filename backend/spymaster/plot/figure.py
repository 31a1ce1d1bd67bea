"""Figures of the house: one look, and a file format by the name of the file."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg", ".html")
BIDS, ASKS, INK, FAINT = "#1f77b4", "#d62728", "#222222", "#999999"
LOOK: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "spymaster",  # same data, same bytes
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:1rem;background:#fff">{svg}</body></html>
"""


def check_name(path: Path) -> None:
    """Refuse a file whose name does not say a format.

    Raises
    ------
    UsageError
        Naming the formats, or that the plotting library is not installed.
    """
    if path.suffix not in FORMATS:
        raise UsageError(f"{path}: a picture ends in {', '.join(FORMATS)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise UsageError("plots need the extra 'plot': uv sync --extra plot") from error


def save(figure: Figure, path: Path, title: str) -> None:
    """Write a figure in the format that the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        figure.savefig(path, dpi=130)
    elif path.suffix == ".svg":
        path.write_text(_svg(figure), encoding="utf-8")
    else:
        path.write_text(PAGE.format(title=title, svg=_svg(figure)), encoding="utf-8")


def _svg(figure: Figure) -> str:
    import matplotlib as mpl

    text = StringIO()
    with mpl.rc_context(LOOK):  # ids are salted when they are written
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
