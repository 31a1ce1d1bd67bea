"""What sqlglot reads out of rendered SQL: which relations it names, and its text without layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Any

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from spymaster.definitions.graph import ancestors

BY_NAME = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")
"""Clocks that SQL asks without brackets."""
FOREIGN = frozenset(
    (
        *BY_NAME,
        *("now", "today", "get_current_timestamp", "get_current_time", "transaction_timestamp"),
        *("random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"),
        *("read_parquet", "parquet_scan", "read_csv", "read_csv_auto", "read_json"),
        *("read_json_auto", "read_json_objects", "read_ndjson", "read_ndjson_auto"),
        *("read_ndjson_objects", "read_text", "read_blob", "read_duckdb", "sniff_csv", "glob"),
        *("getenv", "current_setting", "current_query", "txid_current"),
        *("parquet_metadata", "parquet_schema", "parquet_file_metadata", "parquet_kv_metadata"),
        *("query", "query_table"),
    )
)
"""Functions that ask a clock, chance, a file or the machine, or a relation that a text names."""
OPENING = (TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE)
CLOSING = (TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE)


class QueryError(Exception):
    """SQL that is not one query, and where."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Reference:
    """A relation named in a query."""

    name: str
    """As written, lower-case; without a dot where no schema is given."""
    position: int
    """Character of the query at which it stands."""


@dataclass(frozen=True)
class Query:
    """One query as read."""

    digest: str
    """16 hex digits of its tokens: the same for any layout and any comments."""
    references: tuple[Reference, ...]
    columns: tuple[str, ...]
    """Names of what its last select gives, in order; empty for one that has none."""
    calls: frozenset[str]
    """What it calls: functions and macros, lower-case."""
    variables: tuple[Reference, ...]
    """What it gets by ``getvariable``: the names as written."""
    foreign: Reference | None
    """What it asks first of a clock, of chance, or of a file that no relation names."""


@dataclass(frozen=True)
class Macro:
    """A DuckDB macro with all others that it calls."""

    digest: str
    """Like a query's."""
    foreign: str | None
    """What it asks of a clock, of chance, or of a file."""


@lru_cache(maxsize=1_024)  # of a project under a few settings: most texts are the same in all
def read_query(text: str) -> Query:
    """Return what one query names.

    Raises
    ------
    QueryError
        Where the text is not exactly one query.
    """
    tokens = _tokens(text)
    try:
        statements = [found for found in DuckDB().parser().parse(tokens, text) if found]
    except ParseError as error:
        raise QueryError(
            error.errors[0]["description"], _position(text, error.errors[0])
        ) from error
    if len(statements) != 1:
        raise QueryError(f"expected one query, found {len(statements)} statements", 0)
    columns = tuple(statements[0].named_selects) if isinstance(statements[0], exp.Query) else ()
    references, foreign = tuple(_references(statements[0])), next(_foreign(tokens), None)
    return Query(_digest(tokens), references, columns, _calls(tokens), _variables(tokens), foreign)


def read_macros(texts: Mapping[str, str]) -> dict[str, Macro]:
    """Return each macro that the ``create macro`` statements of some files define, by name.

    Raises
    ------
    QueryError
        Where a text is no SQL, as after a quote that nothing ends, with the file's name.
    """
    found: dict[str, list[Token]] = {}
    for file, text in texts.items():
        try:
            found |= {_called(one): one for one in _statements(_tokens(text))}
        except QueryError as error:
            raise QueryError(f"{file}:1: {error}", 0) from error
    calls = {name: _calls(statement) & found.keys() for name, statement in found.items()}
    return {
        name: _macro([found[one] for one in sorted(ancestors(calls, [name]))])
        for name in found
        if name
    }


def _tokens(text: str) -> list[Token]:
    try:
        return DuckDB().tokenize(text)
    except TokenError as error:
        raise QueryError(" ".join(str(error).split()), 0) from error


def _macro(statements: list[list[Token]]) -> Macro:
    """Return what a macro is that these statements make, its own and those it calls."""
    foreign = (next(_foreign(statement), None) for statement in statements)
    return Macro(
        "+".join(map(_digest, statements)), next((one.name for one in foreign if one), None)
    )


def _called(statement: list[Token]) -> str:
    """Return the name of what a statement defines, which stands before its parameters."""
    for token, after in pairwise(statement):
        if after.token_type == TokenType.L_PAREN:
            return token.text.lower()
    return ""


def _calls(tokens: list[Token]) -> frozenset[str]:
    """Return every word that brackets follow, lower-case."""
    return frozenset(
        token.text.lower()
        for token, after in pairwise(tokens)
        if after.token_type == TokenType.L_PAREN
    )


def _variables(tokens: list[Token]) -> tuple[Reference, ...]:
    return tuple(
        Reference(given.text, given.start)
        for called, bracket, given in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if called.text.lower() == "getvariable" and bracket.token_type == TokenType.L_PAREN
    )


def _statements(tokens: list[Token]) -> list[list[Token]]:
    """Cut tokens at semicolons."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            found.append([])
        else:
            found[-1].append(token)
    return found


def parse(text: str) -> exp.Expr:
    """Return the syntax tree of one query."""
    dialect = DuckDB()
    tree = dialect.parser().parse(dialect.tokenize(text), text)[0]
    assert tree is not None
    return tree


def _digest(tokens: list[Token]) -> str:
    written = "\n".join(f"{token.token_type.name} {token.text}" for token in tokens)
    return sha256(written.encode()).hexdigest()[:16]


def _references(tree: exp.Expr) -> list[Reference]:
    """Return named tables once each; a CTE's name is none of them, a table function has no name."""
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    found: dict[str, Reference] = {}
    for table in tree.find_all(exp.Table):
        name = ".".join(part.name for part in table.parts).lower()
        if table.name and name not in ctes:
            position = table.parts[0].meta.get("start", 0)
            found.setdefault(name, Reference(name, position))
    return sorted(found.values(), key=lambda reference: reference.position)


def _foreign(tokens: list[Token]) -> Iterator[Reference]:
    for at, (token, after) in enumerate(pairwise([*tokens, *tokens[-1:]])):
        name = token.text.lower()
        is_called = name in BY_NAME or after.token_type == TokenType.L_PAREN
        is_text = token.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
        is_function = name in FOREIGN and is_called and not is_text
        is_sample = token.token_type == TokenType.USING and after.text.lower() == "sample"
        if is_function or is_sample or token.token_type == TokenType.TABLE_SAMPLE:
            yield Reference("using sample" if is_sample else name, token.start)
        elif name == "age" and is_called and not is_text and not _is_of_many(tokens[at + 2 :]):
            yield Reference("age of one time", token.start)  # up to today


def _is_of_many(tokens: list[Token]) -> bool:
    """Whether a comma stands between arguments of a call, given what follows its first bracket."""
    depth = 0
    for token in tokens:
        if token.token_type == TokenType.COMMA and depth == 0:
            return True
        depth += token.token_type in OPENING
        depth -= token.token_type in CLOSING
        if depth < 0:
            return False
    return False


def _position(text: str, error: dict[str, Any]) -> int:
    """Return the character of a line and a column that count from 1; column is a token's end."""
    before = sum(len(line) + 1 for line in text.split("\n")[: error["line"] - 1])
    return max(before + int(error["col"]) - len(error["highlight"]), 0)
