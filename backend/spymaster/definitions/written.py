"""Templates keep their layout: what an expression gives is indented as the line it stands in.

And where asked for, every piece of the SQL carries a mark that says where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

MARK = re.compile("\ue000(\\d+)\ue001")
LINE = re.compile("\n(?=(?:\ue000\\d+\ue001)*[^\n\ue000])")
"""A line that is followed by one with text in it, marks aside."""


class Place(NamedTuple):
    """Where a mark stands."""

    template: str
    source: str
    offset: int
    moves: bool
    """Whether the output after the mark runs on with the source: text does, an expression not."""


class Written(Extension):
    """Indents what expressions give, and plants marks if the environment has ``places``."""

    _source = ""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters["indented"] = _indented
        environment.extend(places=None)

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Keep the source of the template that is tokenized next."""
        self._source = source.replace("\r\n", "\n")
        return source

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template, expressions inside a call that indents."""
        offsets, depth = self._offsets(), 0
        for token in stream:
            if token.type == "data":
                yield from self._text(stream, token, next(offsets))
            elif token.type == "variable_begin":
                offset = next(offsets)
                yield from self._mark(stream, token, offset, moves=False)
                depth = self._depth(offset)
                yield from (token, Token(token.lineno, "lparen", "("))
            elif token.type == "variable_end":
                yield from _call(token.lineno, depth)
                yield token
            else:
                yield token

    def _text(self, stream: TokenStream, token: Token, offset: int) -> Iterator[Token]:
        """Yield text as it is, or in lines with a mark each: indentation moves what follows it."""
        if self.environment.places is None:  # type: ignore[attr-defined]
            yield token
            return
        for line in token.value.splitlines(keepends=True):
            yield from self._mark(stream, token, offset, moves=True)
            yield Token(token.lineno, "data", line)
            offset += len(line)

    def _mark(
        self, stream: TokenStream, token: Token, offset: int, *, moves: bool
    ) -> Iterator[Token]:
        places: list[Place] | None = self.environment.places  # type: ignore[attr-defined]
        if places is not None:
            places.append(Place(stream.name or "", self._source, offset, moves))
            yield Token(token.lineno, "data", f"\ue000{len(places) - 1}\ue001")

    def _depth(self, offset: int) -> int:
        """Return by how much the line is indented in which an expression starts."""
        line = self._source[self._source.rfind("\n", 0, offset) + 1 : offset]
        return len(line) - len(line.lstrip(" "))

    def _offsets(self) -> Iterator[int]:
        """Yield where each piece of text and each expression starts in the source."""
        cursor = 0
        for _, kind, value in list(self.environment.lexer.tokeniter(self._source, None)):
            cursor = self._source.index(value, cursor)
            if kind in ("data", "variable_begin"):
                yield cursor
            cursor += len(value)


def _call(line: int, depth: int) -> Iterator[Token]:
    yield Token(line, "rparen", ")")
    if depth:
        yield Token(line, "pipe", "|")
        yield Token(line, "name", "indented")
        yield Token(line, "lparen", "(")
        yield Token(line, "integer", depth)  # type: ignore[arg-type]
        yield Token(line, "rparen", ")")


def _indented(value: Any, depth: int) -> str:
    return LINE.sub("\n" + " " * depth, str(value))
