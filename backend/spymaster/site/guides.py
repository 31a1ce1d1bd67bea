"""README.md and docs/ as pages of the site: the same texts, with links to what they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from spymaster.site.content import Page
from spymaster.site.markup import colour

PACKAGE = Path(__file__).parents[1]
PLACES = (PACKAGE / "docs", *(PACKAGE.parents[1] / folder for folder in ("docs", ".")))
"""Where a text lies: in a wheel, or in the repository of an editable install."""
TEXTS = {
    "start": "README.md",
    "reading": "reading.md",
    "clients": "clients.md",
    "stream": "stream.md",
    "operations": "operations.md",
    "buying": "buying.md",
    "decisions": "decisions.md",
    "benchmarks": "benchmarks.md",
}
"""By the name of the page, in the order in which they are read."""
GLOSSARY = "reading"
"""Its headings of the third level are words of the trade."""
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
ALSO = "Also: "
"""Begins the paragraph of a word that says what else it is called."""
RELATIONS = "relations/"
SAID = 240
"""Characters of a section that the search sees."""


@dataclass(frozen=True)
class Section:
    """A heading and the text below it."""

    title: str
    anchor: str
    level: int
    text: str
    """Plain, without code blocks."""
    also: tuple[str, ...]
    """What else it is called."""


@dataclass(frozen=True)
class Guide:
    """One text as the site shows it."""

    name: str
    """Of its page, without the ending."""
    title: str
    html: str
    """Without the title."""
    sections: tuple[Section, ...]
    """The first is the title with what follows it."""

    @property
    def lead(self) -> str:
        """The first sentence below the title."""
        return self.sections[0].text.split(". ", 1)[0].rstrip(".")


def guides(described: Mapping[str, Page]) -> list[Guide]:
    """Return the texts in the order of reading, with links to the relations that they name."""
    return [_guide(name, _read(file), described) for name, file in TEXTS.items()]


def pictures() -> list[Path]:
    """Return the pictures that texts show; on the site they lie beside its pages."""
    return sorted(next(place for place in PLACES if place.exists()).glob("*.png"))


def _read(file: str) -> str:
    found = next(place / file for place in PLACES if (place / file).exists())
    return COMMENT.sub("", found.read_text(encoding="utf-8"))


def _guide(name: str, text: str, described: Mapping[str, Page]) -> Guide:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(text)
    sections = tuple(_sections(tokens))
    _dress(tokens, sections, described)
    html = reader.renderer.render(tokens[3:], reader.options, {})
    html = html.replace("<table>", '<div class="wide"><table>')
    return Guide(name, sections[0].title, html.replace("</table>", "</table></div>"), sections)


def _dress(
    tokens: Sequence[Token], sections: Sequence[Section], described: Mapping[str, Page]
) -> None:
    """Give headings their anchors, SQL its colours, and names their links."""
    anchors = iter(section.anchor for section in sections)
    linked = _linker(described)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open":
            token.attrSet("id", next(anchors))
        if token.type == "paragraph_open" and following and following.content.startswith(ALSO):
            token.attrSet("class", "aside")
        if token.type == "fence":
            is_sql = token.info == "sql"
            code = colour(token.content, described, RELATIONS) if is_sql else escape(token.content)
            token.type, token.content = "html_block", f"<pre><code>{code}</code></pre>\n"
        token.children = list(_inline(token.children or [], linked))


def _sections(tokens: Sequence[Token]) -> Iterator[Section]:
    """Yield each heading with the paragraphs down to the next."""
    starts = [at for at, token in enumerate(tokens) if token.type == "heading_open"]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        texts = [_plain(token) for token in tokens[start:end] if token.type == "inline"]
        also = next((text for text in texts if text.startswith(ALSO)), "")
        yield Section(
            title=texts[0],
            anchor=slug(texts[0]),
            level=int(tokens[start].tag[1]),
            text=" ".join(text for text in texts[1:] if text != also)[:SAID],
            also=tuple(re.split(r",\s+", also.removeprefix(ALSO).rstrip("."))) if also else (),
        )


def slug(title: str) -> str:
    """Return the anchor of a heading, as GitHub makes it.

    >>> slug("What `bbo-1m` costs, and when")
    'what-bbo-1m-costs-and-when'
    """
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _plain(token: Token) -> str:
    return "".join(
        " " if each.type in ("softbreak", "hardbreak") else each.content
        for each in token.children or []
    )


def _inline(children: Sequence[Token], linked: Callable[[str], str]) -> Iterator[Token]:
    """Yield inline tokens; code that names a relation is a link, what leaves the site is none."""
    closing: list[bool] = []
    for token in children:
        if token.type == "link_open":
            place = _within(str(token.attrGet("href")))
            closing.append(bool(place))
            token.attrSet("href", place)
            if place:
                yield token
        elif token.type == "link_close":
            if closing.pop():
                yield token
        elif token.type == "image":
            token.attrSet("src", Path(str(token.attrGet("src"))).name)
            yield token
        elif token.type == "code_inline" and not any(closing) and (place := linked(token.content)):
            code = f'<a class="code" href="{place}">{escape(token.content)}</a>'
            yield Token("html_inline", "", 0, content=code)
        else:
            yield token


def _within(link: str) -> str:
    """Return where a link leads within the site, nothing where it leaves it.

    >>> _within("docs/reading.md#net"), _within("#net"), _within("../DEV.md")
    ('reading.html#net', '#net', '')
    """
    path, _, fragment = link.partition("#")
    pages = {file: f"{name}.html" for name, file in TEXTS.items()}
    place = pages.get(path.rsplit("/", 1)[-1], "") if "://" not in path else ""
    return f"{place}#{fragment}" if fragment and (place or not path) else place


def _linker(described: Mapping[str, Page]) -> Callable[[str], str]:
    """Return what finds the place of a relation or a column by the name in a text.

    A bare name is one only with an underscore: ``mbo`` is more often the vendor's schema.
    """
    places = {}
    for page in described.values():
        place = f"{RELATIONS}{page.name}.html"
        columns = {field.column.name for field in page.fields}
        for name in {page.name, page.bare_name if "_" in page.bare_name else page.name}:
            places[name] = place
            places |= {f"{name}.{column}": f"{place}#{column}" for column in columns}
    return lambda name: places.get(name, "")
