"""A session on one page, for after the close: one file, no network, made to be printed too."""

from __future__ import annotations

from spymaster.report.page import report

__all__ = ["report"]
