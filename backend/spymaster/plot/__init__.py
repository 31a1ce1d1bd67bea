"""Pictures of a session; needs the extra ``plot``."""

from __future__ import annotations

from spymaster.plot.gex import plot_gex
from spymaster.plot.level import plot_level

__all__ = ["plot_gex", "plot_level"]
