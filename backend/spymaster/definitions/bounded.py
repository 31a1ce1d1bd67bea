"""Loops of templates that end: a model takes thousands of turns, not millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import Environment, TemplateRuntimeError, nodes
from jinja2.sandbox import safe_range

MOST_TURNS = 100_000
"""Of all loops of one rendering together; the longest model of this project takes 408."""
FILTER = "turns"


class Bounded(Environment):
    """Counts the turns of loops, in macros and nested ones too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.turns = 0
        self.filters[FILTER] = self._counted

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Read a template, and have every loop take its items from the counter."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, FILTER, [], [], None, None, lineno=loop.lineno)
        return tree

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.turns += 1
            if self.turns > MOST_TURNS:
                raise TemplateRuntimeError(f"its loops take more than {MOST_TURNS:,} turns")
            yield item


GLOBALS = {"range": safe_range}
"""What may be called by name: a range is counted before it is made a list or a text."""
