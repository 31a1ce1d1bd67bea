"""Pictures of a session, one way for files, pages, dashboards and notebooks; extra ``plot``.

``level_chart`` and ``gex_chart`` return charts, which a notebook shows as they are; ``save`` writes
one as PNG, SVG or HTML. ``of_level`` and ``of_gex`` draw on a connection that is open already.
"""

from __future__ import annotations

from spymaster.charts.files import FORMATS, check_installed, check_name, save, svg
from spymaster.charts.look import DARK, LIGHT, LOOKS, Look
from spymaster.charts.pictures import (
    gex_chart,
    level_chart,
    of_gex,
    of_level,
    plot_gex,
    plot_level,
)

__all__ = [
    "DARK",
    "FORMATS",
    "LIGHT",
    "LOOKS",
    "Look",
    "check_installed",
    "check_name",
    "gex_chart",
    "level_chart",
    "of_gex",
    "of_level",
    "plot_gex",
    "plot_level",
    "save",
    "svg",
]
