"""README.md and docs/ as the site shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documentation.pages import Reader
from documentation.test_search import entries
from spymaster.site.guides import TEXTS as PAGES
from texts import TEXTS

pytestmark = pytest.mark.thorough

Pages = dict[str, Reader]
PLACES = {name: file if file in TEXTS else f"docs/{file}" for name, file in PAGES.items()}


def test_every_text_for_users_is_a_page() -> None:
    assert sorted(PLACES.values()) == sorted(set(TEXTS) - {"DEV.md"})


@pytest.mark.parametrize("name", PLACES)
def test_a_page_says_all_that_its_text_says(pages: Pages, name: str) -> None:
    text = re.sub(
        r"<!--.*?-->|^```\w*$|\]\([^)]*\)|^\|[-|]+\|$", " ", TEXTS[PLACES[name]], flags=re.M
    )
    shown = set(re.findall(r"\w+", pages[f"{name}.html"].text))
    assert set(re.findall(r"\w+", text)) - shown == set()


@pytest.mark.parametrize("name", PLACES)
def test_every_heading_can_be_linked_to(pages: Pages, name: str) -> None:
    unfenced = re.sub(r"^```.*?^```", "", TEXTS[PLACES[name]], flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", unfenced, re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]
    assert [anchor for anchor in anchors if anchor not in pages[f"{name}.html"].ids] == []


def test_every_relation_and_column_that_a_text_names_is_there(folder: Path) -> None:
    kinds = ("relation", "inner", "column", "derived")
    found = [entry for entry in entries(folder) if entry[0] in kinds]
    known = {name for _, name, *_ in found}
    full = {also[0]: name for _, name, _, _, also in found if also}
    schemas = {name.split(".")[0] for name in known}
    for place, text in TEXTS.items():
        for named in re.findall(r"`([a-z]+[a-z0-9_]*(?:\.[a-z0-9_]+)+)`", text):
            first, _, rest = named.partition(".")
            assert first not in schemas or named in known, f"{place}: {named}"
            column = f"{full.get(first)}.{rest}"
            assert first in schemas or first not in full or column in known, f"{place}: {named}"


def test_code_that_names_a_column_leads_to_it(pages: Pages) -> None:
    links = pages["reading.html"].links
    assert "relations/pressure.states_5s.html#vacuum" in links
    assert "relations/pressure.touches.html" in links
    assert "reading.html#net" in pages["reading.html"].links
    assert "buying.html" in pages["start.html"].links
