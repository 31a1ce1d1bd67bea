"""SQL as HTML: coloured, and with links from relations to their pages."""

from __future__ import annotations

import re
from collections.abc import Container
from html import escape

WORDS = """
    all and any as asc asof between by case cast create cross current date desc distinct else end
    except exclude exists false filter first following from full group having if in inner interval
    is join last lateral left like limit macro not null nulls on or order outer over partition
    preceding qualify range replace right row rows select then timestamp true unbounded union unnest
    using values when where window with within
"""
TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<relation>\b[a-z_]+\.[a-z0-9_]+\b)"
    rf"|(?P<word>\b(?:{'|'.join(WORDS.split())})\b)"
    r"|(?P<literal>\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)",
    re.DOTALL,
)


def colour(sql: str, relations: Container[str], pages: str) -> str:
    """Return SQL as HTML, with spans for what it is made of and links to known relations.

    Parameters
    ----------
    pages : str
        The folder of the relations' pages, as seen from the page that shows the SQL.

    Examples
    --------
    >>> colour("from book.flow_5s", {"book.flow_5s"}, "relations/")
    '<span class="word">from</span> <a href="relations/book.flow_5s.html">book.flow_5s</a>'
    """
    parts, at = [], 0
    for token in TOKEN.finditer(sql):
        parts += [escape(sql[at : token.start()]), _marked(token, relations, pages)]
        at = token.end()
    return "".join([*parts, escape(sql[at:])])


def _marked(token: re.Match[str], relations: Container[str], pages: str) -> str:
    text = escape(token.group())
    if token.lastgroup != "relation":
        return f'<span class="{token.lastgroup}">{text}</span>'
    return f'<a href="{pages}{text}.html">{text}</a>' if text in relations else text
