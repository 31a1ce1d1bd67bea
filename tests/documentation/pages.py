"""Pages of a site as a browser would see them, as far as links go."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from urllib.parse import urldefrag

VOID = {"meta", "link", "input", "br", "hr", "img"}


@dataclass
class Row:
    """One line of a table of columns."""

    is_derived: bool
    text: str = ""
    links: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Collects ids, links and table rows of one page; refuses tags that do not match."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self.ids: list[str] = []
        self.links: list[str] = []
        """Places below the site's folder, with fragments."""
        self.rows: dict[str, Row] = {}
        self.text = ""
        self._open: list[str] = []
        self._row: Row | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "tr" and "id" in given:
            self._row = self.rows[given["id"]] = Row(given.get("class") == "derived")
        self.text += f" {given.get('alt', '')} "
        for name in ("href", "src"):
            if name in given:
                self._link(given[name])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open = self._open if tag in VOID else self._open[:-1]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{self.place}: {tag} closes something else"
        self.handle_data(" ")
        if tag == "tr":
            self._row = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._row:
            self._row.text += data

    def _link(self, written: str) -> None:
        path, fragment = urldefrag(written)
        folder = Path(self.place).parent.as_posix()
        place = normpath(f"{folder}/{path}") if path else self.place
        self.links.append(f"{place}#{fragment}" if fragment else place)
        if self._row:
            self._row.links.append(self.links[-1])


def read(folder: Path) -> dict[str, Reader]:
    """Return every page of a site by its place."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        place = path.relative_to(folder).as_posix()
        found[place] = Reader(place)
        found[place].feed(path.read_text(encoding="utf-8"))
        found[place].close()
    return found
