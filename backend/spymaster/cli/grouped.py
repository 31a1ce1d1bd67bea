"""A command whose help shows its options by group."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

OWN = "Options"
COMMENT = re.compile(r"--[^=\s]*\s")
"""No option: those have a value behind =, or in the next word."""


class Grouped(TyperCommand):
    """Lists what is its own first, then each panel; no arrangement needs rich for that."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Take text that begins with a comment of SQL as the argument that it is."""
        return super().parse_args(ctx, [f" {one}" if COMMENT.match(one) else one for one in args])

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section for arguments, and one for the options of each panel."""
        sections: dict[str, list[Any]] = {"Arguments": [], OWN: []}
        for param in self.get_params(ctx):
            is_option = param.param_type_name == "option"
            panel = getattr(param, "rich_help_panel", None) or OWN
            if record := param.get_help_record(ctx):
                sections.setdefault(panel if is_option else "Arguments", []).append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
