"""The site written out: a folder of pages that needs no server and no network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spymaster import operations
from spymaster.errors import RefusedError
from spymaster.operations import Inventory
from spymaster.settings import Settings
from spymaster.site import index, reference
from spymaster.site.content import KINDS, Page, pages
from spymaster.site.guides import RELATIONS, guides, pictures
from spymaster.site.markup import colour
from spymaster.site.pictures import HEIGHT, picture
from spymaster.warehouse.columns import SQL

HERE = Path(__file__).parent
MARK = "spymaster.js"
"""A file that tells a site of ours from any other folder."""


def site(settings: Settings, folder: Path, *, sql: Path = SQL) -> int:
    """Write the documentation into a folder and return how many pages it has.

    Row counts and sizes are those of the published catalog; there are none where none is published.

    Raises
    ------
    RefusedError
        If the folder holds something else than a site written before.
    ModelError
        If a model cannot be read, bound or traced.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise RefusedError(f"{folder}: holds something else; give a new or an empty folder")
    found = operations.inventory(settings, sql=sql)
    described = pages(settings, found)
    shared = {"pages": described, "session": found.session, **_rest(found)}
    shared["guides"] = guides(described)
    written = _render(described, shared)
    _write(folder, written, _entries(described, shared))
    return len(written)


def _rest(found: Inventory) -> dict[str, Any]:
    return {
        "macros": reference.macros(found.macros),
        "settings": reference.settings(),
        "audits": found.audits,
        "questions": reference.questions(found),
        "features": {relation: found.features[relation] for relation in found.features},
    }


def _entries(described: Mapping[str, Page], rest: Mapping[str, Any]) -> list[index.Entry]:
    others = (rest[name] for name in ("macros", "settings", "audits", "questions"))
    return [
        *index.of_relations(described.values()),
        *index.of_guides(rest["guides"]),
        *index.of_the_rest(*others),
    ]


def _render(described: Mapping[str, Page], shared: dict[str, Any]) -> dict[str, str]:
    """Return the text of every page, by its place below the folder."""
    look = _environment(described)
    names = ("index", "features", "questions", "macros", "settings", "audits")
    found = {
        f"{name}.html": look.get_template(f"{name}.html").render(shared, root="", here=name)
        for name in names
    }
    template = look.get_template("guide.html")
    for guide in shared["guides"]:
        place = f"{guide.name}.html"
        found[place] = template.render(shared, root="", here=guide.name, guide=guide)
    template = look.get_template("relation.html")
    for name, page in described.items():
        found[f"{RELATIONS}{name}.html"] = template.render(
            shared,
            root="../",
            here=name,
            page=page,
            sql=page.sql,
            picture=picture(page),
            named=_named(page, shared["session"]),
            first_look=_first_look(page),
            asked=[(at, q) for at, q in enumerate(shared["questions"], 1) if name in q.about],
        )
    return found


def _named(page: Page, session: date) -> str:
    """Return how a session of a relation is asked for, or a date; nothing where it cannot be."""
    return f"{page.name}('{session}')" if page.day and not page.is_inner else ""


def _first_look(page: Page) -> str:
    columns = [field.column.name for field in page.fields]
    return "\n".join(reference.first_look(page.name, columns))


def _environment(described: Mapping[str, Page]) -> Environment:
    look = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    look.filters |= {"count": lambda n: f"{n:,}", "size": _size, "sql": colour}
    look.filters["by_relation"] = _by_relation
    look.globals |= {"kinds": KINDS, "box_height": HEIGHT, "relations": RELATIONS}
    look.globals["schemas"] = list(dict.fromkeys(page.schema for page in described.values()))
    return look


def _by_relation(columns: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return each relation with those of its columns that are named, in their order.

    >>> _by_relation(["book.flow_5s.add_qty", "book.flow_5s.tick", "market.bbo_5s.mid"])
    [('book.flow_5s', ['add_qty', 'tick']), ('market.bbo_5s', ['mid'])]
    """
    found: dict[str, list[str]] = {}
    for name in columns:
        relation, column = name.rsplit(".", 1)
        found.setdefault(relation, []).append(column)
    return list(found.items())


def _size(size: int) -> str:
    """Return bytes as a person reads them.

    >>> _size(999), _size(1_234_567)
    ('999 B', '1.2 MB')
    """
    value, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "B" else f"{value:.1f} {units[0]}"


def _write(folder: Path, written: Mapping[str, str], entries: list[index.Entry]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "assets" / MARK, folder / MARK)  # first: what a kill leaves is a site's
    shutil.rmtree(folder / RELATIONS, ignore_errors=True)  # of relations that are gone
    (folder / RELATIONS).mkdir()
    for place, text in written.items():
        (folder / place).write_text(text, encoding="utf-8")
    for asset in [*(HERE / "assets").iterdir(), *pictures()]:
        shutil.copyfile(asset, folder / asset.name)
    said = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    (folder / "index.js").write_text(f"const INDEX = {said};\n", encoding="utf-8")
