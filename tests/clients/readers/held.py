"""A Python connection that is held, and opened anew when the link points elsewhere."""

from pathlib import Path

import duckdb
from serve import Rows, serve

held: dict[Path, duckdb.DuckDBPyConnection] = {}


def ask(link: str, questions: list[str]) -> list[Rows]:
    catalog = Path(link).resolve()
    if catalog not in held:
        for old in held.values():
            old.close()
        held.clear()
        held[catalog] = duckdb.connect(str(catalog), read_only=True)
    return [rows(held[catalog].execute(sql)) for sql in questions]


def rows(result: duckdb.DuckDBPyConnection) -> Rows:
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


serve(ask)
