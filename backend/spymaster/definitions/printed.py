"""Templates that print a session's values and look into nothing that these were printed into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from jinja2 import Environment, nodes

from spymaster.definitions.seals import SEAL, decided_on, unsealed

FILTER = "open"
READING = ("int", "float", "length", "count", "list", "first", "last", "max", "min", "sort")
"""Filters that make of text what shows no more where it came from."""
LOOKING: dict[type[nodes.Node], str] = {
    nodes.Compare: "expr",
    nodes.Operand: "expr",
    nodes.For: "iter",
    nodes.Getattr: "node",
}
"""What looks into a value in any case: comparisons, loops, methods."""
COMPARING = (
    *("eq", "equalto", "==", "ne", "!=", "lt", "lessthan", "<", "le", "<=", "gt", "greaterthan"),
    *(">", "ge", ">=", "in", "sameas"),
)
"""Tests that compare, as ``is eq 5``; others ask what kind of thing it is."""


class Printed(Environment):
    """Refuses what looks into sealed text: comparisons, loops, keys, methods, some filters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.filters[FILTER] = _open
        self.filters |= {name: _reading(self.filters[name]) for name in READING}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Read a template, and have all that it looks into checked."""
        tree = super()._parse(source, name, filename)
        for node, field in [*_looks(tree)]:
            value = getattr(node, field)
            setattr(node, field, [*map(_checked, value)] if field == "args" else _checked(value))
        return tree


def _looks(tree: nodes.Template) -> Iterator[tuple[nodes.Node, str]]:
    """Yield the nodes that look into a value, and the field in which it stands."""
    for kind, field in LOOKING.items():
        yield from ((node, field) for node in tree.find_all(kind))
    yield from ((test, "node") for test in tree.find_all(nodes.Test) if test.name in COMPARING)
    for item in tree.find_all(nodes.Getitem):
        if not isinstance(item.arg, nodes.Slice | nodes.Const):
            yield item, "arg"
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "get":
            yield call, "args"


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
