"""Searching, by the site's own script over its own index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from documentation.pages import Reader

Search = Callable[[str], list[list[str]]]
PROGRAM = """
const [index, code] = ["index.js", "spymaster.js"].map((name) =>
  require("node:fs").readFileSync(`${process.argv[1]}/${name}`, "utf8"));
const queries = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const found = new Function("queries", `${index}; ${code};
  return queries.map((query) => search(INDEX, query));`)(queries);
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def search(folder: Path) -> Search:
    """Return what the search box would list for a query."""

    def found(query: str) -> list[list[str]]:
        node = Path(sys.executable).with_name("node")
        result = subprocess.run(
            [node, "-e", PROGRAM, folder],
            input=json.dumps([query]),
            capture_output=True,
            text=True,
            check=True,
        )
        (hits,) = json.loads(result.stdout)
        return hits

    return found


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("flow_5s", "book.flow_5s"),
        ("book.flow_5s.pull_qty", "book.flow_5s.pull_qty"),
        ("vacuum", "pressure.states_5s.vacuum"),
        ("  Depth_TWA   flow ", "book.flow_5s.depth_twa"),
        ("beta", "beta(a, b)"),
        ("window_start setting", ""),
        ("uncrossed", "uncrossed"),
        ("iceberg hidden traded flow_5s", "book.flow_5s.hidden_fill_qty"),
    ],
)
def test_the_first_hit_is_what_was_meant(search: Search, query: str, first: str) -> None:
    hits = search(query)
    assert (hits[0][1] if hits else "") == first


def test_every_entry_leads_to_its_place(folder: Path, pages: dict[str, Reader]) -> None:
    text = (folder / "index.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("const INDEX = ").removesuffix(";\n"))
    assert len(entries) > 1000
    for _, _, _, link in entries:
        place, _, fragment = link.partition("#")
        assert not fragment or fragment in pages[place].ids, link


@pytest.mark.parametrize("query", ["", "   ", "zzyzx", "pull_qty zzyzx"])
def test_nothing_is_found_for_what_is_nowhere(search: Search, query: str) -> None:
    assert search(query) == []


def test_the_site_stays_small(folder: Path) -> None:
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert total < 10_000_000
    assert (folder / "index.js").stat().st_size < 1_000_000
