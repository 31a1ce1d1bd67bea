"""Templates that print a session's values and look into nothing that these were printed into."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from jinja2 import Environment, nodes

from spymaster.definitions.seals import SEAL, decided_on, unsealed

FILTER = "open"
READING = ("int", "float", "length", "count", "list", "first", "last", "max", "min", "sort")
"""Filters that make of text what shows no more where it came from."""


class Printed(Environment):
    """Refuses what looks into sealed text: comparisons, loops, keys, methods, some filters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.filters[FILTER] = _open
        self.filters |= {name: _reading(self.filters[name]) for name in READING}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Read a template, and have all that it looks into checked."""
        tree = super()._parse(source, name, filename)
        compared: list[nodes.Compare | nodes.Operand] = [*tree.find_all(nodes.Compare)]
        compared += tree.find_all(nodes.Operand)
        for node in compared:
            node.expr = _checked(node.expr)
        for loop in [*tree.find_all(nodes.For)]:
            loop.iter = _checked(loop.iter)
        for owner in [*tree.find_all(nodes.Getattr)]:
            owner.node = _checked(owner.node)
        for item in [*tree.find_all(nodes.Getitem)]:
            if not isinstance(item.arg, nodes.Slice | nodes.Const):
                item.arg = _checked(item.arg)
        return tree


def _checked(node: nodes.Node) -> nodes.Expr:
    return nodes.Filter(node, FILTER, [], [], None, None, lineno=node.lineno)


def _open(value: Any) -> Any:
    if isinstance(value, str) and SEAL in value:
        decided_on(unsealed(value))
    return value


def _reading(read: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(read)  # with what it wants to be passed
    def check(*given: Any, **more: Any) -> Any:
        for value in given:
            _open(value)
        return read(*given, **more)

    return check
