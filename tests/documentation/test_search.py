"""Searching, by the site's own script over its own index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from documentation.pages import Reader

pytestmark = pytest.mark.thorough

Hits = list[list[str]]
Search = Callable[[str], Hits]
PROGRAM = """
const [index, code] = ["index.js", "spymaster.js"].map((name) =>
  require("node:fs").readFileSync(`${process.argv[1]}/${name}`, "utf8"));
const queries = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const found = new Function("queries", `${index}; ${code};
  return queries.map((query) => search(INDEX, query));`)(queries);
console.log(JSON.stringify(found));
"""


def searched(folder: Path, queries: list[str]) -> list[Hits]:
    """Return what the search box would list for each query."""
    node = Path(sys.executable).with_name("node")
    result = subprocess.run(
        [node, "-e", PROGRAM, folder],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Hits] = json.loads(result.stdout)
    return found


def entries(folder: Path) -> list[list]:
    """Return all that can be found."""
    text = (folder / "index.js").read_text(encoding="utf-8")
    found: list[list] = json.loads(text.removeprefix("const INDEX = ").removesuffix(";\n"))
    return found


@pytest.fixture(scope="module")
def search(folder: Path) -> Search:
    return lambda query: searched(folder, [query])[0]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        # a relation before all that is called like it
        ("states_5s", "relations/pressure.states_5s.html"),
        ("gex", "relations/options.gex_5s.html"),
        # a column before what is derived from it, and before the word
        ("net", "relations/pressure.states_5s.html#net"),
        ("pull_qty", "relations/book.flow_5s.html#pull_qty"),
        ("drain", "reading.html#drain"),
        # what a trader calls it
        ("spoof", "reading.html#pull"),
        ("absorption", "reading.html#absorption"),
        ("stacking", "reading.html#add"),
        ("pre-market", "reading.html#pre-market-high-and-low"),
        ("break", "reading.html#break-reject-chop"),
        ("zero gamma", "reading.html#zero-gamma"),
        ("call wall", "reading.html#walls"),
        ("touch", "reading.html#touch"),
        ("DOM", "reading.html#depth"),
        ("exit codes", "operations.html#exit-codes"),
        ("bbo-1m costs", "buying.html#what-bbo-1m-costs"),
    ],
)
def test_a_query_leads_to_its_place(search: Search, query: str, place: str) -> None:
    assert search(query)[0][3] == place


@pytest.mark.parametrize("query", ["ask above", "net", "drain", "vol_demand", "pull", "gamma"])
def test_what_is_derived_comes_after_all_that_is_not(search: Search, query: str) -> None:
    last = [hit[0] in ("derived", "inner") for hit in search(query)]
    assert last == sorted(last)
    assert not last[0]


def test_every_word_of_the_glossary_and_all_it_is_called_leads_there(folder: Path) -> None:
    terms = [entry for entry in entries(folder) if entry[0] == "term"]
    assert len(terms) > 30
    places = {name: place for _, title, _, place, also in terms for name in (title, *also)}
    for (name, place), hits in zip(places.items(), searched(folder, list(places)), strict=True):
        assert place in [hit[3] for hit in hits[:5]], name


def test_no_word_of_the_glossary_is_in_two_places(folder: Path) -> None:
    called = [
        name.lower()
        for kind, title, _, _, also in entries(folder)
        if kind == "term"
        for name in {title.lower(), *map(str.lower, also)}
    ]
    assert sorted(called) == sorted(set(called))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("flow_5s", "book.flow_5s"),
        ("book.flow_5s.pull_qty", "book.flow_5s.pull_qty"),
        ("vacuum", "pressure.states_5s.vacuum"),
        ("  Depth_TWA   flow ", "book.flow_5s.depth_twa"),
        ("beta", "beta(a, b)"),
        ("window_start iceberg", ""),
        ("uncrossed", "uncrossed"),
        ("hidden traded flow_5s", "book.flow_5s.hidden_fill_qty"),
        ("iceberg hidden traded flow_5s", "Iceberg"),
    ],
)
def test_the_first_hit_is_what_was_meant(search: Search, query: str, first: str) -> None:
    hits = search(query)
    assert (hits[0][1] if hits else "") == first


def test_every_entry_leads_to_its_place(folder: Path, pages: dict[str, Reader]) -> None:
    assert len(entries(folder)) > 1000
    for _, _, _, link, _ in entries(folder):
        place, _, fragment = link.partition("#")
        assert not fragment or fragment in pages[place].ids, link


@pytest.mark.parametrize("query", ["", "   ", "zzyzx", "pull_qty zzyzx"])
def test_nothing_is_found_for_what_is_nowhere(search: Search, query: str) -> None:
    assert search(query) == []


def test_the_site_stays_small(folder: Path) -> None:
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert total < 10_000_000
    assert (folder / "index.js").stat().st_size < 1_000_000
