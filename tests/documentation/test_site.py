"""The site says all that the catalog holds, and needs nothing but itself."""

from __future__ import annotations

import re
from errno import ENOSPC
from html import unescape
from pathlib import Path

import pytest

from desk import make
from documentation.pages import Reader, Row, read
from spymaster import operations
from spymaster.errors import RefusedError
from spymaster.features import Registry
from spymaster.settings import ABOUT, Settings
from spymaster.site import reference, site
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL
from texts import README

pytestmark = pytest.mark.thorough

UNKEPT = "book.changes"
"""Refuses to answer where it was not kept."""

Pages = dict[str, Reader]


def rows(settings: Settings, sql: str) -> list[tuple]:
    with duck.reader(settings.warehouse / "spymaster.duckdb") as connection:
        return connection.execute(sql).fetchall()


def of(pages: Pages, relation: str) -> Reader:
    return pages[f"relations/{relation}.html"]


def test_every_relation_and_column_of_the_catalog_has_its_place(
    pages: Pages, simulated: Settings
) -> None:
    held = rows(
        simulated,
        "select schema_name || '.' || table_name, list(column_name order by column_index)"
        " from duckdb_columns() where database_name = 'spymaster' and schema_name <> 'main'"
        " group by all",
    )
    assert len(held) > 60
    for relation, columns in held:
        assert list(of(pages, relation).rows) == columns, relation


def test_what_the_site_says_of_a_column_is_what_the_catalog_says(
    pages: Pages, simulated: Settings
) -> None:
    told = "select relation, name, type, unit, meaning from meta.columns"
    for relation, name, kind, unit, meaning in rows(simulated, told):
        text = " ".join(of(pages, relation).rows[name].text.split())
        for part in (name, kind, unit, *meaning.split("; ")):
            assert part in text, f"{relation}.{name}"


def test_every_link_leads_somewhere(pages: Pages, folder: Path) -> None:
    for page in pages.values():
        for link in page.links:
            place, _, fragment = link.partition("#")
            assert (folder / place).is_file(), f"{page.place}: {link}"
            assert not fragment or fragment in pages[place].ids, f"{page.place}: {link}"


def test_no_place_of_a_page_has_two_ids_of_one_name(pages: Pages) -> None:
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids)), page.place


def test_nothing_is_fetched_from_anywhere(folder: Path) -> None:
    """But for what a text tells to open on this machine."""
    away = r"https?://(?!127\.0\.0\.1:8417)|@import|//\w+\.\w+/"
    for path in set(folder.rglob("*.*")) - set(folder.rglob("*.png")):
        found = re.findall(away, path.read_text(encoding="utf-8"))
        assert found == [], path.name


def test_rows_and_sizes_are_those_of_the_catalog(pages: Pages, simulated: Settings) -> None:
    ((count, files, size),) = rows(
        simulated,
        "select sum(rows), count(*), sum(bytes) from meta.files where relation = 'book.flow_5s'",
    )
    text = " ".join(of(pages, "book.flow_5s").text.split())
    assert f"rows {count:,} sessions 1 files {files}, {size / 1000:.1f} kB" in text
    assert f"{count:,} {size / 1000:.1f} kB" in " ".join(pages["index.html"].text.split())


def test_every_feature_shows_its_formula_and_hides_what_comes_with_it(pages: Pages) -> None:
    registry = Registry(SQL)
    for relation in registry:
        lines = of(pages, relation).rows
        for feature in registry[relation]:
            assert feature.formula in lines[feature.name].text
            assert not lines[feature.name].is_derived
            assert lines[f"{feature.name}_d3"].is_derived
    text = pages["features.html"].text
    assert all(f.formula in text for relation in registry for f in registry[relation])


def test_what_a_column_is_from_says_that_it_goes_there(pages: Pages) -> None:
    place = "relations/book.flow_5s.html"
    assert "relations/book.tallies_5s.html#pull_qty" in pages[place].rows["pull_qty"].links
    traced = 0
    for page in pages.values():
        for name, row in page.rows.items():
            for link in traces(row, page.place):
                there, _, other = link.partition("#")
                assert f"{page.place}#{name}" in pages[there].rows[other].links
                traced += 1
    assert traced > 2000


def test_the_price_of_a_level_of_the_chain_is_from_options(pages: Pages) -> None:
    place = "relations/levels.chain.html"
    links = traces(pages[place].rows["price"], place)
    assert "relations/options.gex_profile_5s.html#call_wall_gex" in links


def traces(row: Row, place: str) -> list[str]:
    """Return the columns that a row's lineage leads to; its first link is to itself."""
    is_relation = place.startswith("relations/")
    return [link for link in row.links[1:] if "#" in link] if is_relation else []


def test_the_drawing_names_what_is_read_and_what_reads(pages: Pages) -> None:
    links = of(pages, "pressure.cells_5s").links
    drawn = {link for link in links if link.startswith("relations/") and "#" not in link}
    assert {
        f"relations/{name}.html" for name in ("book.active_prices_5s", "pressure.states_5s")
    } <= drawn


def test_a_page_says_how_one_day_of_its_relation_is_asked_for(
    pages: Pages, simulated: Settings
) -> None:
    takers = rows(
        simulated,
        "select schema_name || '.' || function_name from duckdb_functions()"
        " where database_name = 'spymaster' and function_type = 'table_macro'"
        " and len(parameters) = 1",
    )
    written = {name for (name,) in takers}
    told = {
        place.removeprefix("relations/").removesuffix(".html")
        for place, page in pages.items()
        if "one day of it" in page.text
    }
    assert {"raw.mbo", "book.flow_5s", "market.sessions"} <= told <= written
    assert "book.flow_5s('2024-03-05')" in of(pages, "book.flow_5s").text
    for name in told - {UNKEPT}:
        assert len(rows(simulated, f"select count(*) from {name}('2024-03-05')")) == 1


def test_every_macro_setting_and_audit_is_told(pages: Pages, simulated: Settings) -> None:
    found = operations.inventory(simulated)
    macros = rows(
        simulated,
        "select distinct function_name from duckdb_functions()"
        " where database_name = 'spymaster' and function_type = 'macro' and not internal",
    )
    assert {name for (name,) in macros} <= set(pages["macros.html"].ids)
    assert macros
    said = [macro.says for group in reference.macros(found.macros) for macro in group.macros]
    assert len(said) == len(macros)
    assert all(said)
    assert "vol 0.2 is 20 %" in pages["macros.html"].text
    assert list(pages["settings.html"].rows) == list(ABOUT)
    order = "then what the warehouse was built with, then the default."
    assert order in " ".join(README.split())
    assert order in " ".join(pages["settings.html"].text.split())
    audits = {path.stem for path in (SQL / "audits").glob("*.sql")}
    assert audits <= set(pages["audits.html"].ids)


def test_every_question_and_first_look_runs(
    folder: Path, pages: Pages, simulated: Settings
) -> None:
    ran = 0
    with duck.reader(simulated.warehouse / "spymaster.duckdb") as connection:
        for path in [folder / "questions.html", *sorted((folder / "relations").iterdir())]:
            text = path.read_text(encoding="utf-8").partition('id="its-sql"')[0]
            for block in re.findall(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL):
                if path.stem == UNKEPT:
                    with pytest.raises(duck.DuckError, match="was not kept: set keep = "):
                        connection.execute(plain(block))
                    continue
                connection.execute(plain(block)).fetchall()
                ran += 1
    assert ran > 80


def plain(block: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", block))


def test_where_nothing_was_built_the_models_are_told_without_counts(tmp_path: Path) -> None:
    desk = make(tmp_path)
    site(desk.settings, tmp_path / "site", sql=desk.sql)
    pages = read(tmp_path / "site")
    text = " ".join(of(pages, "market.days").text.split())
    assert "one row per session a row knows what came before session end kept as" in text
    place = "relations/market.days.html"
    assert traces(pages[place].rows["high"], place) == [
        "relations/market.prints.html#price",
        "relations/levels.ranks.html#high",
        "relations/levels.ranks.html#last_high",
    ]
    assert not desk.layout.catalogs.exists()


def test_a_site_is_written_over_an_older_one_and_over_nothing_else(tmp_path: Path) -> None:
    desk, folder = make(tmp_path), tmp_path / "site"
    site(desk.settings, folder, sql=desk.sql)
    before = contents(folder)
    site(desk.settings, folder, sql=desk.sql)
    assert contents(folder) == before
    (desk.sql / "market" / "lows.sql").unlink()
    site(desk.settings, folder, sql=desk.sql)
    assert set(before) - set(contents(folder)) == {"relations/market.lows.html"}
    with pytest.raises(RefusedError, match="holds something else; give a new or an empty folder"):
        site(desk.settings, desk.sql, sql=desk.sql)
    assert (desk.sql / "market" / "days.sql").exists()


def test_what_a_full_disk_leaves_of_a_site_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, folder = make(tmp_path), tmp_path / "site"

    def refuse(path: Path, *_: object, **__: object) -> int:
        raise OSError(ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", refuse)
        with pytest.raises(OSError, match="No space left on device"):
            site(desk.settings, folder, sql=desk.sql)
    assert site(desk.settings, folder, sql=desk.sql) > 0


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
