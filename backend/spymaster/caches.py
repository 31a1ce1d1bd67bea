"""Where is kept what can be made again: compiled code, of no use to another user or machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home() -> Path:
    """Return the folder of the user's caches of this program, which may not be there."""
    if sys.platform == "win32":
        found = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        found = Path.home() / "Library" / "Caches"
    else:
        found = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return found / "spymaster"


def ready(folder: Path) -> bool:
    """Make a folder; return whether anything can be written to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
