"""One published catalog, open as long as any answer from it is in use."""

from __future__ import annotations

import weakref
from contextlib import ExitStack
from pathlib import Path

from spymaster import operations
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.published import is_elsewhere


class Opened:
    """A connection to the catalog that was published when it was made."""

    def __init__(self, settings: Settings) -> None:
        self._layout = Layout(settings.warehouse)
        if is_elsewhere(self._layout):  # as every command does after a move
            operations.publish(settings)
        self._target = self._points_to()
        stack = ExitStack()
        self.connection = stack.enter_context(catalog(settings))
        self.connection.execute("set errors_as_json = true")
        self.close = weakref.finalize(self, stack.close)

    @property
    def is_newest(self) -> bool:
        """Whether nothing was published since."""
        return self._target == self._points_to()

    def _points_to(self) -> Path | None:
        link = self._layout.link
        return link.readlink() if link.is_symlink() else None
