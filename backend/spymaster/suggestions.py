"""What a name that is not there may have meant, told the same way wherever one is looked up."""

from __future__ import annotations

from collections.abc import Iterable


def suggestion(wanted: str, known: Iterable[str]) -> str:
    """Return the known names that come near a wrong one, the nearest first.

    Of relations the tables are compared, since a schema's name would make all that it holds alike.
    Where none is near all names are given, of relations their schemas.

    >>> suggestion("book.flow_5", ["book.flow_5s", "book.depth_5s", "market.bars_2m"])
    'near: book.flow_5s'
    >>> suggestion("book.tape", ["book.flow_5s", "book.depth_5s", "market.bars_2m"])
    'there are: book.*, market.*'
    >>> suggestion("tape", ["bought", "sold"]), suggestion("tape", [])
    ('there are: bought, sold', 'there are: none')
    """
    from difflib import get_close_matches  # for errors only

    full = list(known)
    by_table: dict[str, list[str]] = {}
    for name in full:
        by_table.setdefault(_table(name), []).append(name)
    near = [
        name for table in get_close_matches(_table(wanted), by_table) for name in by_table[table]
    ]
    if near:
        return f"near: {', '.join(near)}"
    there = dict.fromkeys(f"{name.split('.')[0]}.*" if "." in name else name for name in full)
    return f"there are: {', '.join(there) or 'none'}"


def _table(name: str) -> str:
    return name.rpartition(".")[2]
