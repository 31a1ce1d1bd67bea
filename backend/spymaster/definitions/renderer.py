"""The templates of a folder under one set of settings: made once, and handed to whoever needs SQL.

What is shared by all renderings (macros, the registry of features) is read once, and Jinja is
loaded when something is rendered, not before: most commands render nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.definitions import discover, variables
from spymaster.definitions.variables import Coverage
from spymaster.settings import Settings

if TYPE_CHECKING:
    from spymaster.definitions.template import Templates
    from spymaster.features.registry import Registry


@dataclass(frozen=True)
class Renderer:
    """Makes templates for a session, or for none."""

    sql: Path
    """Folder of the models."""
    settings: Settings

    def session(
        self, day: date, hours: tuple[Any, ...] = (), landed: Coverage = variables.UNKNOWN
    ) -> Templates:
        """Return the templates as they run in one session.

        Parameters
        ----------
        hours : tuple
            Of ``trading_hours``; those of the exchange's calendar by default.
        landed : Coverage
            What landed of the session; all of it by default.
        """
        return self._templates(variables.of(self.settings, day, hours, landed))

    def part(self, day: date, start_ns: int, end_ns: int) -> Templates:
        """Return the templates as they run over some buckets of a session's window.

        Parameters
        ----------
        start_ns, end_ns : int, ns since 1970 UTC
            Where they stand for the window's start and end.
        """
        values = variables.of(self.settings, day)
        values |= {"window_start_ns": start_ns, "window_end_ns": end_ns, "options_end_ns": end_ns}
        return self._templates(values)

    def given(self, values: dict[str, Any]) -> Templates:
        """Return the templates with variables that whoever asks has made."""
        return self._templates(values)

    @cached_property
    def probe(self) -> Templates:
        """The templates as they are read, bound and traced: one rendering for any session."""
        return self._templates(variables.probe(self.settings))

    @cached_property
    def sessionless(self) -> Templates:
        """The templates of what covers all sessions, such as staging views of a catalog."""
        return self._templates(variables.of_settings(self.settings))

    @cached_property
    def macros(self) -> dict[str, str]:
        """The ``create macro`` statements that every connection executes, by file.

        They are the same in every warehouse: their templates have no variables.

        Raises
        ------
        ModelError
            If one cannot be rendered.
        """
        templates = self._templates({})
        return {
            discover.label(self.sql, path): templates.render(path.relative_to(self.sql).as_posix())
            for path in discover.duckdb_macros(self.sql)
        }

    @cached_property
    def features(self) -> Registry:
        """The registered features, read when first asked for."""
        from spymaster.features.registry import Registry

        return Registry(self.sql)

    def _templates(self, values: dict[str, Any]) -> Templates:
        from spymaster.definitions.template import Templates  # loads jinja2

        return Templates(self.sql, values, self.features)
